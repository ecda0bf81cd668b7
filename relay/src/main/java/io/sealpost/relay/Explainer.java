package io.sealpost.relay;

import io.sealpost.protocol.encode.Rfc5424Encoder;
import io.sealpost.protocol.message.Annotate;
import io.sealpost.protocol.message.MessageScan;
import io.sealpost.protocol.message.SyslogMessage;
import io.sealpost.protocol.parse.MessageParser;
import io.sealpost.protocol.parse.Origin;
import io.sealpost.relay.config.RelayConfig;
import java.net.InetAddress;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;

/** Takes messages the way of the listeners, as far as the bytes sent. */
final class Explainer {
    private final RelayConfig config;
    private final MessageParser parser = new MessageParser();
    private final MessageScan scan = new MessageScan();
    private final Rfc5424Encoder encoder;
    private final int maxMessageBytes;
    private final List<String> routes;

    Explainer(RelayConfig config) {
        this.config = config;
        this.encoder =
                new Rfc5424Encoder(
                        Annotate.valueOf(config.annotate().name()),
                        config.effectiveEnterpriseNumber());
        this.maxMessageBytes =
                config.listeners().stream()
                        .mapToInt(l -> l.door().maxMessageBytes())
                        .max()
                        .orElse(0);
        this.routes = config.upstreams().stream().map(RelayConfig.Upstream::name).toList();
    }

    /**
     * The zone that times without one get: that of the peer's network, else the first listener's.
     */
    ZoneId zone(String peer) {
        try {
            InetAddress address = InetAddress.ofLiteral(peer);
            for (RelayConfig.PeerNetwork network : config.networks()) {
                if (network.net().contains(address)) {
                    return network.timezone();
                }
            }
        } catch (IllegalArgumentException _) {
            // A peer that is no address lies in no network.
        }
        return config.listeners().getFirst().door().timezone();
    }

    Explanation explain(byte[] message, String peer, long receivedMicros, ZoneId zone) {
        int length = cut(message);
        boolean truncated = length < message.length;
        parser.parse(message, 0, length, truncated, Origin.of(peer, zone), receivedMicros, scan);
        byte[] sent = new byte[encoder.maxEncodedLength(scan)];
        int sentLength = encoder.encode(scan, sent, 0);
        return new Explanation(
                SyslogMessage.of(scan),
                new Explanation.Sent(Arrays.copyOf(sent, sentLength)),
                routes);
    }

    /**
     * Octets within the largest limit of a listener, cut before a UTF-8 character that crosses it.
     */
    private int cut(byte[] message) {
        if (message.length <= maxMessageBytes) {
            return message.length;
        }
        int end = maxMessageBytes;
        while (end > Math.max(0, maxMessageBytes - 3) && (message[end] & 0xC0) == 0x80) {
            end--;
        }
        return end;
    }
}
