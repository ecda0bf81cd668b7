package io.sealpost.relay.interop;

import io.sealpost.relay.tls.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;

/** How a test itself speaks with the relay, as its client and as its upstream. */
enum Wire {
    PLAIN,
    /** The client shows a certificate, and so does the upstream. */
    TLS;

    private static final TestCertificates CERTIFICATES = TestCertificates.shared();

    /** The tls block of the relay's listener; empty for none. */
    String listener() {
        return this == PLAIN
                ? ""
                : "certificate = \"%s\", key = \"%s\", trust = \"%s\""
                        .formatted(
                                CERTIFICATES.certificate("server"),
                                CERTIFICATES.key("server"),
                                CERTIFICATES.certificate("ca"));
    }

    /** The conf file's words for an upstream at this port. */
    String upstream(int port) {
        String servers = "servers = [\"127.0.0.1:%d\"], framing = octet-counting".formatted(port);
        return this == PLAIN
                ? servers
                : "transport = tls, %s, tls { trust = \"%s\", server-name = localhost }"
                        .formatted(servers, CERTIFICATES.certificate("ca"));
    }

    /** A connection to the listener of this kind. */
    Socket connect(Relay relay) throws IOException {
        InetAddress host = InetAddress.getLoopbackAddress();
        try {
            return this == PLAIN
                    ? new Socket(host, relay.tcp)
                    : CERTIFICATES.client("web1").getSocketFactory().createSocket(host, relay.tls);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** Not bound yet. */
    ServerSocket serverSocket() throws IOException {
        try {
            return this == PLAIN
                    ? new ServerSocket()
                    : CERTIFICATES.server("server").getServerSocketFactory().createServerSocket();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }
}
