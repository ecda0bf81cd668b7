package io.sealpost.relay.tls;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;

/**
 * Why a handshake failed.
 *
 * @param reason label of the counter: the key of the conf file that decided, where there is one
 * @param text for the log
 */
public record Refusal(String reason, String text) {
    /** The peer speaks no TLS at all. */
    static final String PLAIN_TEXT = "plain-text";

    static final String TIMEOUT = "handshake-timeout";
    static final String CLIENT_AUTH = "client-auth";
    static final String TRUST = "trust";
    static final String CRL = "crl";
    static final String PERMITTED_PEERS = "permitted-peers";
    static final String MIN_VERSION = "min-version";

    /** Anything else that goes wrong while both sides get to know each other. */
    static final String HANDSHAKE = "handshake";

    private static final int MAX_CAUSES = 16;

    /** What the exception of a failed handshake means. */
    public static Refusal of(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            switch (cause) {
                case RefusedCertificateException refused -> {
                    return new Refusal(refused.reason(), String.valueOf(refused.getMessage()));
                }
                case NotSslRecordException _ -> {
                    return new Refusal(
                            PLAIN_TEXT, "it sends plain text, but this listener takes TLS only");
                }
                case SslHandshakeTimeoutException timeout -> {
                    return new Refusal(TIMEOUT, String.valueOf(timeout.getMessage()));
                }
                case ClosedChannelException _ -> {
                    return new Refusal(HANDSHAKE, "it closed the connection in the handshake");
                }
                default -> cause = cause.getCause();
            }
        }
        return ofMessage(String.valueOf(failure.getMessage()));
    }

    /** BoringSSL tells its errors apart by their text alone. */
    private static Refusal ofMessage(String message) {
        String text = message.toUpperCase(Locale.ROOT);
        if (text.contains("PEER_DID_NOT_RETURN_A_CERTIFICATE")) {
            return new Refusal(CLIENT_AUTH, "it shows no certificate");
        }
        if (text.contains("UNSUPPORTED_PROTOCOL")) {
            return new Refusal(MIN_VERSION, "it speaks only versions of TLS older than allowed");
        }
        return new Refusal(HANDSHAKE, "the TLS handshake failed: " + message);
    }
}
