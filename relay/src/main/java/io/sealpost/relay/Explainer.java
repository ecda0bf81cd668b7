package io.sealpost.relay;

import io.sealpost.protocol.encode.Rfc5424Encoder;
import io.sealpost.protocol.message.Annotate;
import io.sealpost.protocol.message.MessageScan;
import io.sealpost.protocol.message.SyslogMessage;
import io.sealpost.protocol.parse.MessageParser;
import io.sealpost.protocol.parse.Origin;
import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.config.UpstreamConfig;
import io.sealpost.relay.route.Evaluation;
import io.sealpost.relay.route.Route;
import java.net.InetAddress;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes messages the way of the listeners, as far as the bytes sent. */
final class Explainer {
    private final RelayConfig config;
    private final MessageParser parser = new MessageParser();
    private final MessageScan scan = new MessageScan();
    private final Rfc5424Encoder encoder;
    private final int maxMessageBytes;
    private final List<String> upstreams;
    private final Evaluation evaluation;

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
        this.upstreams = config.upstreams().stream().map(UpstreamConfig::name).toList();
        this.evaluation = Rulebook.of(config, upstreams::indexOf).evaluation();
    }

    /**
     * The zone that times without one get: that of the peer's network, else the first listener's.
     */
    ZoneId zone(String peer) {
        InetAddress address = address(peer);
        for (RelayConfig.PeerNetwork network : config.networks()) {
            if (address != null && network.net().contains(address)) {
                return network.timezone();
            }
        }
        return config.listeners().getFirst().door().timezone();
    }

    /** The listener that is taken where none is named. */
    String listener() {
        return config.listeners().getFirst().door().name();
    }

    /**
     * Where a message came from: address of the sender, zone of its clock, name of the listener.
     */
    record From(String peer, ZoneId zone, String listener) {}

    Explanation explain(byte[] message, From from, long receivedMicros) {
        int length = cut(message);
        boolean truncated = length < message.length;
        Origin origin = Origin.of(from.peer(), from.zone());
        parser.parse(message, 0, length, truncated, origin, receivedMicros, scan);
        evaluation.begin(scan, evaluation.rules().facts(from.listener(), address(from.peer())));
        evaluation.rewrite();
        List<String> routes =
                config.routes().isEmpty()
                        ? List.of()
                        : evaluation.taken().stream().map(Route::label).toList();
        long mask = evaluation.upstreams();
        byte[] sent = new byte[encoder.maxEncodedLength(scan)];
        int sentLength = encoder.encode(scan, sent, 0);
        return new Explanation(
                SyslogMessage.of(scan),
                new Explanation.Sent(Arrays.copyOf(sent, sentLength)),
                routes,
                guarantees(mask));
    }

    private Map<String, String> guarantees(long mask) {
        Map<String, String> guarantees = new LinkedHashMap<>();
        for (UpstreamConfig upstream : config.upstreams()) {
            if ((mask >>> upstreams.indexOf(upstream.name()) & 1) != 0) {
                guarantees.put(upstream.name(), Guarantee.of(upstream));
            }
        }
        return guarantees;
    }

    private static @Nullable InetAddress address(String peer) {
        try {
            return InetAddress.ofLiteral(peer);
        } catch (IllegalArgumentException _) {
            return null;
        }
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
