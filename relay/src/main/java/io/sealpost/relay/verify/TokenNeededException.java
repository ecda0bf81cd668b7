package io.sealpost.relay.verify;

import java.io.IOException;

/** Who serves the log gives its entries, which are messages, only to those who show a token. */
public final class TokenNeededException extends IOException {
    private static final long serialVersionUID = 1L;

    TokenNeededException(String url) {
        super(
                url
                        + " is given only to those who show the relay's token: --token with a copy"
                        + " of its data-dir/admin-token");
    }
}
