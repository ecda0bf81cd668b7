package io.sealpost.relay.admin;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Files that the admin server gives out, as they are. Thread-safe. */
@FunctionalInterface
public interface ServedFiles {
    /** No file at all. */
    ServedFiles NONE = _ -> Optional.empty();

    /**
     * One of them, to be closed by whoever opened it.
     *
     * @param octets how many are sent
     */
    record Opened(String contentType, long octets, InputStream in) {}

    /** The file of a path below {@code /integrity/}, or empty if there is none; may block. */
    Optional<Opened> open(String path) throws IOException;
}
