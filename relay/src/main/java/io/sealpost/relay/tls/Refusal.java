package io.sealpost.relay.tls;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a handshake failed.
 *
 * @param reason label of the counter: the key of the conf file that decided, where there is one
 * @param text for the log, about the peer
 */
public record Refusal(String reason, String text) {
    /** The peer speaks no TLS at all. */
    static final String PLAIN_TEXT = "plain-text";

    static final String TIMEOUT = "handshake-timeout";
    static final String CLIENT_AUTH = "client-auth";
    static final String TRUST = "trust";
    static final String CRL = "crl";
    static final String PERMITTED_PEERS = "permitted-peers";
    static final String SERVER_NAME = "server-name";
    static final String MIN_VERSION = "min-version";

    /** The server does not like the certificate it was shown, or misses one. */
    static final String CERTIFICATE = "certificate";

    /** Anything else that goes wrong while both sides get to know each other. */
    static final String HANDSHAKE = "handshake";

    private static final int MAX_CAUSES = 16;
    private static final Pattern ALERT = Pattern.compile("ALERT_([A-Z0-9_]+)");

    /** What the exception of a failed handshake with a client means. */
    public static Refusal of(Throwable failure) {
        return of(failure, "it sends plain text, but this listener takes TLS only");
    }

    /** What the exception of a failed handshake with a server, or of one soon after it, means. */
    public static Refusal ofServer(Throwable failure) {
        return of(failure, "it speaks no TLS");
    }

    private static Refusal of(Throwable failure, String plainText) {
        Throwable cause = failure;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            switch (cause) {
                case RefusedCertificateException refused -> {
                    return new Refusal(refused.reason(), String.valueOf(refused.getMessage()));
                }
                case NotSslRecordException _ -> {
                    return new Refusal(PLAIN_TEXT, plainText);
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
        if (text.contains("WRONG_VERSION_NUMBER")) {
            return new Refusal(PLAIN_TEXT, "it speaks no TLS");
        }
        Matcher alert = ALERT.matcher(text);
        if (alert.find()) {
            return ofAlert(alert.group(1).toLowerCase(Locale.ROOT).replace('_', ' '));
        }
        return new Refusal(HANDSHAKE, "the TLS handshake failed: " + message);
    }

    /** What the peer itself names as the reason (RFC 8446 §6.2). */
    private static Refusal ofAlert(String alert) {
        return switch (alert) {
            case "certificate required" ->
                    new Refusal(CERTIFICATE, "it wants a certificate, and is shown none");
            case "unknown ca",
                    "bad certificate",
                    "certificate unknown",
                    "certificate expired",
                    "certificate revoked",
                    "unsupported certificate",
                    "access denied" ->
                    new Refusal(CERTIFICATE, "it refuses the certificate it is shown: " + alert);
            case "protocol version" ->
                    new Refusal(MIN_VERSION, "it refuses the versions of TLS it is offered");
            default -> new Refusal(HANDSHAKE, "it refuses the TLS handshake: " + alert);
        };
    }
}
