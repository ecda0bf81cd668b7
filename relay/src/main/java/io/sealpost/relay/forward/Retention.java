package io.sealpost.relay.forward;

import io.sealpost.relay.forward.PathTemplate.DatedName;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the oldest files of a file upstream: those whose time ended too long ago, and as many as
 * it takes to stay within the size. Never one that is written. Knows when it is time for that.
 * Confined to the forwarder's thread.
 */
final class Retention {
    private static final Logger LOGGER = LoggerFactory.getLogger(Retention.class);
    private static final long MICROS_PER_MILLI = 1000;
    private static final long INTERVAL_NANOS = Duration.ofMinutes(10).toNanos();

    /** It is time also when this part of the size was written. */
    private static final int TIMES_PER_SIZE = 64;

    /** What a file takes on disk at least; counts where senders can have any number made. */
    private static final long BLOCK = 4096;

    private final FileUpstreamSettings settings;
    private final Storage storage;
    private final OwnFiles own;
    private final NanoClock clock;
    private final long leastSize;
    private long appliedAt;
    private long writtenSince;
    private boolean wanted = true;

    Retention(FileUpstreamSettings settings, Storage storage, OwnFiles own, NanoClock clock) {
        this.settings = settings;
        this.storage = storage;
        this.own = own;
        this.clock = clock;
        this.leastSize = settings.path().hasValues() ? BLOCK : 0;
    }

    void wrote(long octets) {
        writtenSince += octets;
    }

    /** So many files were made. */
    void made(int files) {
        writtenSince += files * leastSize;
        wanted |= files > 0 && leastSize == 0;
    }

    boolean due() {
        return wanted
                || clock.nanos() - appliedAt >= INTERVAL_NANOS
                || writtenSince > settings.maxBytes() / TIMES_PER_SIZE;
    }

    /**
     * Removes what is too old or too much. A failure is told and no more: messages go on.
     *
     * @param open tells which files are written
     */
    void apply(Predicate<String> open) {
        wanted = false;
        appliedAt = clock.nanos();
        writtenSince = 0;
        try {
            remove(open, clock.epochMicros());
        } catch (IOException e) {
            LOGGER.warn(
                    "upstream {}: cannot remove old files of {}: {}; tried again in 10 minutes",
                    settings.name(),
                    settings.path(),
                    FileTrouble.reason(e));
        }
    }

    private void remove(Predicate<String> open, long nowMicros) throws IOException {
        List<DatedName> files = own.existing();
        long total = 0;
        for (DatedName file : files) {
            total += Math.max(leastSize, sizeOf(file.name()));
        }
        long keepMicros = settings.keep().toMillis() * MICROS_PER_MILLI;
        for (DatedName file : files) {
            boolean tooOld = file.endMicros() < nowMicros - keepMicros;
            if (open.test(file.name()) || !(tooOld || total > settings.maxBytes())) {
                continue;
            }
            long size = sizeOf(file.name());
            storage.delete(file.name());
            total -= Math.max(leastSize, size);
            LOGGER.info(
                    "upstream {}: removed {} ({} octets): {}",
                    settings.name(),
                    settings.path().root().resolve(file.name()),
                    size,
                    tooOld
                            ? "older than keep = " + days(settings.keep())
                            : "all files together were above max-size = " + settings.maxBytes());
        }
    }

    private static String days(Duration keep) {
        return keep.toDays() > 0 ? keep.toDays() + " d" : keep.toString();
    }

    private long sizeOf(String name) throws IOException {
        try (StorageFile file = storage.openForReading(name)) {
            return file.size();
        } catch (FileNotFoundException | NoSuchFileException e) {
            return 0; // removed by somebody else
        }
    }
}
