package io.sealpost.relay;

import io.sealpost.relay.config.UpstreamConfig;

/** What it means that an upstream has a message, in one line for people. */
final class Guarantee {
    private Guarantee() {}

    static String of(UpstreamConfig upstream) {
        return switch (upstream) {
            case UpstreamConfig.FileUpstream _ ->
                    "file: delivered once written and synced, never twice";
            case UpstreamConfig.RelpUpstream _ ->
                    "RELP: delivered once acknowledged by the server; may come twice after a lost"
                            + " connection";
            case UpstreamConfig.TcpUpstream tcp ->
                    (tcp.tls().isPresent() ? "TLS" : "TCP")
                            + ": delivered once the server's process must have read it; may come"
                            + " twice after a lost connection";
            case UpstreamConfig.UdpUpstream _ -> "UDP: sent once; nobody tells whether it arrives";
        };
    }
}
