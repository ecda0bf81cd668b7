package io.sealpost.relay;

import io.sealpost.relay.spool.NewerFormatException;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.TwoSlotFile;
import io.sealpost.relay.watch.RelayMetrics;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the counters that the log itself does not hold (received, changed, dropped at the door) in
 * {@code data-dir/counters}: once a second while they move, and at the stop. A kill loses at most
 * that second of counting, never a message.
 */
final class CounterFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CounterFile.class);
    private static final String PATH = "counters";
    private static final long SAVE_SECONDS = 1;

    private final TwoSlotFile file;
    private final RelayMetrics metrics;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private byte[] saved;
    private boolean failing;

    private CounterFile(TwoSlotFile file, RelayMetrics metrics, byte[] saved) {
        this.file = file;
        this.metrics = metrics;
        this.saved = saved;
        this.thread = Thread.ofPlatform().name("counters").daemon().unstarted(this::saveOften);
    }

    /** Adds what was counted before to the metrics, and keeps them from now on. */
    static CounterFile open(Storage storage, RelayMetrics metrics) throws IOException {
        TwoSlotFile file = TwoSlotFile.open(storage, PATH, RelayMetrics.MAX_SNAPSHOT_BYTES);
        Optional<byte[]> before = file.read();
        int version = before.map(RelayMetrics::snapshotVersion).orElse(0);
        if (version > RelayMetrics.SNAPSHOT_VERSION) {
            file.close();
            throw new NewerFormatException(
                    "the file " + PATH, version, RelayMetrics.SNAPSHOT_VERSION);
        }
        if (before.isPresent() && !metrics.restore(before.get())) {
            LOG.warn("the counters of {} are not understood: counting starts at 0", PATH);
        }
        CounterFile counters = new CounterFile(file, metrics, before.orElse(new byte[0]));
        counters.thread.start();
        return counters;
    }

    private void saveOften() {
        try {
            while (!closing.await(SAVE_SECONDS, TimeUnit.SECONDS)) {
                save();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void save() {
        byte[] now = metrics.snapshot();
        if (Arrays.equals(now, saved)) {
            return;
        }
        try {
            file.write(now);
            saved = now;
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                LOG.warn("counters cannot be saved, trying again each second: {}", e.getMessage());
            }
            failing = true;
        }
    }

    /** Saves once more. */
    @Override
    public void close() throws IOException {
        closing.countDown();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        save();
        file.close();
    }
}
