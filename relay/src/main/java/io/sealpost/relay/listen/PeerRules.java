package io.sealpost.relay.listen;

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
        return Origin.of(withoutScope(address.getHostAddress()), own);
    }

    private static String withoutScope(String address) {
        int scope = address.indexOf('%');
        return scope < 0 ? address : address.substring(0, scope);
    }
}
