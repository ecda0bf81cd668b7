package io.sealpost.relay.admin;

import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * What is answered to one request.
 *
 * @param status status line
 * @param contentType media type of the body
 * @param body the body; not sent for HEAD
 */
record Page(HttpResponseStatus status, String contentType, String body) {
    private static final String TEXT = "text/plain; charset=utf-8";

    /** A line of text. */
    static Page text(HttpResponseStatus status, String line) {
        return new Page(status, TEXT, line + "\n");
    }
}
