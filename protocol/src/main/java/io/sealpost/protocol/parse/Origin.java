package io.sealpost.protocol.parse;

import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Arrays;

/**
 * Where a message came from: the peer's address, which is the HOSTNAME of messages without one, and
 * the zone of times without an offset. Made once per connection or peer; may be shared by threads.
 */
public final class Origin {
    private static final byte[] NIL = {'-'};
    private static final int MAX_PEER = 255;

    private final byte[] peer;
    private final ZoneClock clock;

    private Origin(byte[] peer, ZoneClock clock) {
        this.peer = peer;
        this.clock = clock;
    }

    /**
     * The origin with this peer and zone.
     *
     * @param peer address as text, without port; octets that no HOSTNAME may hold are replaced
     * @param zone zone of the peer's network, the listener or the relay
     */
    public static Origin of(String peer, ZoneId zone) {
        byte[] octets = peer.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < octets.length; i++) {
            octets[i] = Octets.is(octets[i], Octets.PRINT) ? octets[i] : (byte) '?';
        }
        byte[] address = octets.length == 0 ? NIL : octets;
        return new Origin(
                Arrays.copyOf(address, Math.min(address.length, MAX_PEER)), ZoneClock.of(zone));
    }

    /** The peer's address. */
    public String peerAddress() {
        return new String(peer, StandardCharsets.US_ASCII);
    }

    byte[] peer() {
        return peer;
    }

    ZoneClock clock() {
        return clock;
    }
}
