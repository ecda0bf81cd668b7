package io.sealpost.relay.listen;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sealpost.relay.runtime.NanoClock;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/** Lost RELP sessions by peer, and which sessions of it are open. Bounded; thread-safe. */
final class LostSessions implements SessionTail.Budget {
    /** After this time a client that comes back is taken at its word. */
    static final Duration KEPT = Duration.ofHours(1);

    /** Sessions of one peer. */
    static final int PER_PEER = 64;

    /** Hashes of all lost sessions: 32 MiB. */
    private static final long MAX_HASHES = 4L << 20;

    /** More open sessions of one peer than these are not looked at. */
    private static final int MAX_OPEN = 32;

    /** Who may send again what a session has lost. */
    record Peer(String listener, InetAddress address, String certificateHash) {}

    private final Cache<Peer, List<LostSession>> lost;
    private final ConcurrentMap<Peer, Set<RelpConnection>> open = new ConcurrentHashMap<>();
    private final AtomicLong liveHashes = new AtomicLong();
    private final OctetHash hash = OctetHash.secret();

    LostSessions(NanoClock clock) {
        this(clock, MAX_HASHES);
    }

    LostSessions(NanoClock clock, long maxHashes) {
        lost =
                Caffeine.newBuilder()
                        .maximumWeight(maxHashes)
                        .weigher(LostSessions::weight)
                        .expireAfterWrite(KEPT)
                        .ticker(clock::nanos)
                        .executor(Runnable::run)
                        .build();
    }

    private static int weight(Peer peer, List<LostSession> sessions) {
        return sessions.stream().mapToInt(session -> session.length() + 16).sum();
    }

    /** What all sessions hash with. */
    OctetHash hash() {
        return hash;
    }

    void add(Peer peer, LostSession session) {
        lost.asMap()
                .merge(
                        peer,
                        List.of(session),
                        (before, added) -> {
                            List<LostSession> all = new ArrayList<>(before);
                            all.addAll(added);
                            return List.copyOf(
                                    all.subList(Math.max(0, all.size() - PER_PEER), all.size()));
                        });
    }

    /** The oldest first. */
    List<LostSession> of(Peer peer) {
        List<LostSession> known = lost.getIfPresent(peer);
        return known == null ? List.of() : known;
    }

    /** Its client has sent again all that it had to. */
    @SuppressWarnings("ReferenceEquality") // a session is an identity
    void remove(Peer peer, LostSession session) {
        lost.asMap()
                .computeIfPresent(
                        peer,
                        (_, all) -> {
                            List<LostSession> rest =
                                    all.stream().filter(one -> one != session).toList();
                            return rest.isEmpty() ? null : rest;
                        });
    }

    void opened(Peer peer, RelpConnection connection) {
        open.computeIfAbsent(peer, _ -> ConcurrentHashMap.newKeySet()).add(connection);
    }

    void closed(Peer peer, RelpConnection connection) {
        open.computeIfPresent(
                peer,
                (_, all) -> {
                    all.remove(connection);
                    return all.isEmpty() ? null : all;
                });
    }

    /** Other open sessions of the peer; none if there are very many. */
    List<RelpConnection> others(Peer peer, RelpConnection connection) {
        Set<RelpConnection> all = open.getOrDefault(peer, Set.of());
        return all.size() > MAX_OPEN
                ? List.of()
                : all.stream().filter(other -> !other.equals(connection)).toList();
    }

    @Override
    public boolean take(int hashes) {
        if (liveHashes.addAndGet(hashes) <= MAX_HASHES) {
            return true;
        }
        liveHashes.addAndGet(-hashes);
        return false;
    }

    @Override
    public void giveBack(int hashes) {
        liveHashes.addAndGet(-hashes);
    }
}
