package io.sealpost.relay.listen;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.sealpost.relay.pipeline.Sender;
import io.sealpost.relay.spool.Source;
import java.net.InetSocketAddress;

/** What a datagram listener knows of its senders, bounded whatever addresses they forge. */
final class UdpPeers {
    private static final int MAX_PEERS = 20_000;

    /** A sender, and whether its datagrams are taken. */
    record Peer(Sender sender, boolean admitted) {}

    private final LoadingCache<InetSocketAddress, Peer> known;

    private UdpPeers(LoadingCache<InetSocketAddress, Peer> known) {
        this.known = known;
    }

    static UdpPeers of(ListenerSettings settings, SourceLimits limits) {
        PeerRules rules = settings.peers();
        return new UdpPeers(
                Caffeine.newBuilder()
                        .maximumSize(MAX_PEERS)
                        .executor(Runnable::run)
                        .build(
                                address ->
                                        new Peer(
                                                new Sender(
                                                        source(settings, address),
                                                        rules.origin(address),
                                                        limits.of(address.getAddress())),
                                                rules.admits(address.getAddress()))));
    }

    private static Source source(ListenerSettings settings, InetSocketAddress peer) {
        return new Source(settings.name(), Source.Transport.UDP, peer, 0, Source.NO_CERTIFICATE);
    }

    Peer of(InetSocketAddress address) {
        return known.get(address);
    }
}
