package io.sealpost.relay.forward;

import io.sealpost.relay.forward.PathTemplate.DatedName;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the oldest files of a file upstream: those whose time ended too long ago, and as many as
 * it takes to stay within the size. Never the one that is written. Confined to the forwarder's
 * thread.
 */
final class Retention {
    private static final Logger LOGGER = LoggerFactory.getLogger(Retention.class);
    private static final long MICROS_PER_MILLI = 1000;

    private final FileUpstreamSettings settings;
    private final Storage storage;

    Retention(FileUpstreamSettings settings, Storage storage) {
        this.settings = settings;
        this.storage = storage;
    }

    /** Removes what is too old or too much. */
    void apply(String current, long nowMicros) throws IOException {
        List<DatedName> files = settings.path().existing(storage, settings.zone());
        long total = 0;
        for (DatedName file : files) {
            total += sizeOf(file.name());
        }
        long keepMicros = settings.keep().toMillis() * MICROS_PER_MILLI;
        for (DatedName file : files) {
            boolean tooOld = file.endMicros() < nowMicros - keepMicros;
            if (file.name().equals(current) || !(tooOld || total > settings.maxBytes())) {
                continue;
            }
            long size = sizeOf(file.name());
            storage.delete(file.name());
            total -= size;
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
