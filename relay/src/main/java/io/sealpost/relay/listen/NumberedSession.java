package io.sealpost.relay.listen;

import io.sealpost.protocol.relp.RelpStream;
import io.sealpost.relay.pipeline.Intake;
import io.sealpost.relay.spool.StreamKey;
import io.sealpost.relay.spool.StreamMark;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A RELP session whose messages have numbers in a stream: what is here already is acknowledged and
 * not stored again. Confined to the connection's event loop. See docs/format/relp-stream.md.
 */
final class NumberedSession {
    private final RelpConnection connection;
    private final NumberedStreams streams;
    private final StreamKey key;
    private final OctetHash hash;
    private long number;
    private @Nullable StreamMark mark;

    NumberedSession(RelpConnection connection, NumberedStreams streams, RelpStream offered) {
        this.connection = connection;
        this.streams = streams;
        connection.carries(offered.id(), offered.next());
        this.key = StreamKey.of(connection.source());
        this.hash = hashOf(offered.id());
        this.number = offered.next();
    }

    /** The same for the same stream, also after a restart. */
    private static OctetHash hashOf(String id) {
        byte[] octets = id.getBytes(StandardCharsets.US_ASCII);
        OctetHash one = new OctetHash(0x5ea1_9057, octets.length);
        long first = one.of(octets, 0, octets.length);
        return new OctetHash(first, Long.rotateLeft(first, 32) | 1);
    }

    /** Stores the message unless it is here already; false if that has to wait. */
    boolean take(byte[] b, int offset, int length, boolean truncated) {
        StreamMark claimed = mark == null ? streams.claim(key, connection.channel()) : mark;
        if (claimed == null) {
            connection.lookAgain();
            return false;
        }
        mark = claimed;
        int itsHash = hash(b, offset, length);
        int known = claimed.hash(number);
        if (known == itsHash) {
            connection.passOver(1);
            connection.listener().counters().repeated(1);
        } else {
            connection.loop().intake().streamHash(itsHash);
            if (!connection.store(b, offset, length, truncated)) {
                return false;
            }
            if (number < claimed.next()) {
                connection.listener().keptRepeat(connection.peer(), known != StreamMark.UNKNOWN);
            }
            claimed.note(number, itsHash);
        }
        number++;
        return true;
    }

    private int hash(byte[] b, int offset, int length) {
        long whole = hash.of(b, offset, length);
        int folded = (int) (whole ^ whole >>> 32);
        return folded == StreamMark.UNKNOWN ? 1 : folded;
    }

    /** The connection has ended. */
    void ended() {
        long position = connection.position();
        Intake intake = connection.loop().intake(); // all that is kept of the connection
        streams.release(key, connection.channel(), () -> intake.synced() >= position);
    }
}
