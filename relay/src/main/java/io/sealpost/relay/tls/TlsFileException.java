package io.sealpost.relay.tls;

/** A file named in a {@code tls} block is missing or wrong. */
public final class TlsFileException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String key;

    TlsFileException(String key, String message) {
        super(message);
        this.key = key;
    }

    /** The key inside the block, for example {@code certificate}. */
    public String key() {
        return key;
    }

    /** What is wrong and what would be right. */
    public String problem() {
        return String.valueOf(getMessage());
    }
}
