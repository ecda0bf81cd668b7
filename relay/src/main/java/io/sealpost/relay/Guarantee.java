package io.sealpost.relay;

import io.sealpost.relay.config.UpstreamConfig;

/** What it means that an upstream has a message, in one line for people. */
final class Guarantee {
    private static final String TWICE =
            "; may come twice after a lost connection or a crash of the relay";

    private Guarantee() {}

    static String of(UpstreamConfig upstream) {
        return switch (upstream) {
            case UpstreamConfig.FileUpstream _ ->
                    "file: delivered once written and synced, never twice";
            case UpstreamConfig.RelpUpstream _ ->
                    "RELP: delivered once acknowledged by the server" + TWICE;
            case UpstreamConfig.TcpUpstream tcp ->
                    (tcp.tls().isPresent() ? "TLS" : "TCP")
                            + ": delivered once the server's process has read it, as far as the"
                            + " kernel can tell"
                            + TWICE;
            case UpstreamConfig.UdpUpstream _ ->
                    "UDP: delivered once sent and no error came back within 100 ms, though nobody"
                            + " tells whether it arrives; may come twice after an ICMP error";
        };
    }
}
