package io.sealpost.relay.spool;

import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A lane whose batches are thrown away as soon as they are full: intake without the disk. */
public final class EmptiedLane implements AutoCloseable {
    private final Spool spool;
    private final Lane lane;

    private EmptiedLane(Spool spool, Lane lane) {
        this.spool = spool;
        this.lane = lane;
    }

    /** A lane of a spool that never starts, in a temporary folder. */
    public static EmptiedLane open(int maxMessageBytes) throws IOException {
        Path folder = Files.createTempDirectory("bench");
        SpoolSettings settings =
                new SpoolSettings(
                        1L << 30,
                        1L << 27,
                        Duration.ofMillis(1),
                        Duration.ZERO,
                        0,
                        SpoolSettings.WhenFull.BLOCK,
                        maxMessageBytes);
        Spool spool =
                Spool.open(
                        settings, FileStorage.at(folder), SpoolObserver.NONE, NanoClock.system());
        return new EmptiedLane(spool, spool.lane(() -> {}));
    }

    /** The lane to fill. */
    public Lane lane() {
        return lane;
    }

    /** Makes room. */
    public void empty() {
        Batch full = lane.swap();
        if (full != null) {
            lane.recycle(full);
        }
    }

    @Override
    public void close() throws IOException {
        empty();
        spool.close();
    }
}
