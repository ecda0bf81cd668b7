package io.sealpost.relay;

import io.sealpost.relay.config.RelayConfig;

/** What it means that an upstream has a message, in one line for people. */
final class Guarantee {
    private Guarantee() {}

    static String of(RelayConfig.Upstream upstream) {
        return switch (upstream) {
            case RelayConfig.FileUpstream _ ->
                    "file: delivered once written and synced, never twice";
            case RelayConfig.RelpUpstream _ ->
                    "RELP: delivered once acknowledged by the server; may come twice after a lost"
                            + " connection";
            case RelayConfig.TcpUpstream tcp ->
                    (tcp.tls().isPresent() ? "TLS" : "TCP")
                            + ": delivered once the server's process must have read it; may come"
                            + " twice after a lost connection";
            case RelayConfig.UdpUpstream _ -> "UDP: sent once; nobody tells whether it arrives";
        };
    }
}
