package io.sealpost.relay.admin;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Files that the admin server gives out, as they are. Thread-safe. */
@FunctionalInterface
public interface ServedFiles {
    /** No file at all. */
    ServedFiles NONE = (_, _) -> Answer.NOT_FOUND;

    /** What comes of a path. */
    sealed interface Answer {
        /** There is nothing. */
        Answer NOT_FOUND = new Missing("not found");

        /**
         * A file, to be closed by whoever opened it.
         *
         * @param octets how many are sent
         */
        record Opened(String contentType, long octets, Keeping keeping, InputStream in)
                implements Answer {}

        /** There is none, for this reason. */
        record Missing(String reason) implements Answer {}

        /** Only for those who show the token. */
        record Forbidden(String reason) implements Answer {}

        /** Too much is asked for at once. */
        record Busy(String reason) implements Answer {}
    }

    /** For how long an answer may be kept by those who get it. */
    enum Keeping {
        /** It changes. */
        NO("no-store"),
        /** What this path names never changes. */
        FOR_EVER("public, max-age=31536000, immutable"),
        /** The same, but not for caches that others use too. */
        FOR_EVER_BY_ONE("private, max-age=31536000, immutable");

        private final String header;

        Keeping(String header) {
            this.header = header;
        }

        /** Value of {@code Cache-Control}, RFC 9111 §5.2.2. */
        String header() {
            return header;
        }
    }

    /**
     * The file of a path below {@code /integrity/}; may block.
     *
     * @param token that the request shows, RFC 6750 §2.1
     */
    Answer open(String path, Optional<String> token) throws IOException;
}
