package io.sealpost.relay.forward;

import io.netty.channel.DefaultFileRegion;
import io.sealpost.relay.spool.FrameRun;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run of frames that leaves by sendfile. Consumes the run: it is released with the region. The
 * file belongs to the spool and stays open.
 */
final class RunRegion extends DefaultFileRegion {
    private static final Logger LOG = LoggerFactory.getLogger(RunRegion.class);

    private final FrameRun run;

    RunRegion(FrameRun run, FileChannel file) {
        super(file, run.offset(), run.length());
        this.run = run;
    }

    @Override
    protected void deallocate() {
        try {
            run.close();
        } catch (IOException e) {
            LOG.warn("closing a segment after sendfile: {}", e.toString());
        }
    }
}
