package io.sealpost.relay.listen;

import io.netty.util.NetUtil;
import io.sealpost.protocol.parse.Origin;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;

/**
 * Which peers a listener takes messages from, and in which zone their clocks are.
 *
 * @param allow networks of admitted peers; empty admits all
 * @param zone of peers in none of the networks
 * @param networks zones per network; the most specific one decides
 */
public record PeerRules(List<Network> allow, ZoneId zone, List<Zoned> networks) {
    /** The zone of a network's clocks. */
    public record Zoned(Network network, ZoneId zone) {}

    public PeerRules {
        allow = List.copyOf(allow);
        networks =
                networks.stream()
                        .sorted(Comparator.comparingInt(n -> -n.network().prefix()))
                        .toList();
    }

    boolean admits(InetAddress peer) {
        return allow.isEmpty() || allow.stream().anyMatch(n -> n.contains(peer));
    }

    Origin origin(InetSocketAddress peer) {
        InetAddress address = peer.getAddress();
        ZoneId own =
                networks.stream()
                        .filter(n -> n.network().contains(address))
                        .map(Zoned::zone)
                        .findFirst()
                        .orElse(zone);
        // as RFC 5952 writes addresses, and without a scope, which means something here only
        return Origin.of(NetUtil.toAddressString(address), own);
    }
}
