package io.sealpost.relay.spool;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the file of one upstream's cursor holds. Messages routed to it before the position are
 * delivered plus dropped. See docs/format/cursor.md.
 *
 * @param entry the upstream, so that a lost {@code upstreams} file can be made again
 * @param synced the next sequence known durable when this was written
 * @param state the upstream's own, written in the same durable write
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; not written to
record CursorState(
        int number,
        UpstreamNumbers.Entry entry,
        Position position,
        long synced,
        long delivered,
        long resent,
        Map<String, Long> dropped,
        byte[] state) {
    static final int VERSION = 1;
    static final int SLOT_BYTES = 8 * 1024;

    /** Longest state of an upstream. */
    static final int MAX_STATE = 4 * 1024;

    /** Most reasons counted apart, and the longest name of one. */
    static final int MAX_REASONS = 32;

    static final int MAX_REASON = 64;

    static String path(int number) {
        return "cursors/" + number;
    }

    /** The same under a new name. */
    CursorState with(UpstreamNumbers.Entry renamed) {
        return new CursorState(
                number, renamed, position, synced, delivered, resent, dropped, state);
    }

    long counted() {
        long sum = delivered;
        for (long count : dropped.values()) {
            sum += count;
        }
        return sum;
    }

    byte[] encode() {
        ByteBuffer b = ByteBuffer.allocate(SLOT_BYTES);
        b.put((byte) VERSION).put((byte) number);
        byte[] upstream = UpstreamNumbers.encode(List.of(entry));
        b.putShort((short) upstream.length).put(upstream);
        b.putLong(position.sequence()).putLong(position.segment()).putLong(position.batch());
        b.putLong(synced).putLong(delivered).putLong(resent);
        b.put((byte) dropped.size());
        dropped.forEach(
                (reason, count) -> {
                    byte[] name = reason.getBytes(StandardCharsets.US_ASCII);
                    b.put((byte) name.length).put(name).putLong(count);
                });
        b.putShort((short) state.length).put(state);
        byte[] content = new byte[b.position()];
        b.flip().get(content);
        return content;
    }

    /**
     * Null for octets that are no cursor.
     *
     * @param path of its file
     */
    static @Nullable CursorState decode(byte[] content, String path) throws NewerFormatException {
        if (content.length > 0 && content[0] > VERSION) {
            throw new NewerFormatException("the cursor " + path, content[0], VERSION);
        }
        ByteBuffer b = ByteBuffer.wrap(content);
        if (content.length < 53 || b.get() != VERSION) {
            return null;
        }
        int number = b.get();
        byte[] upstream = new byte[b.getShort()];
        b.get(upstream);
        UpstreamNumbers.Entry entry = UpstreamNumbers.decode(upstream).getFirst();
        Position position = new Position(b.getLong(), b.getLong(), b.getLong());
        long synced = b.getLong();
        long delivered = b.getLong();
        long resent = b.getLong();
        Map<String, Long> dropped = new TreeMap<>();
        for (int reasons = b.get(); reasons > 0; reasons--) {
            byte[] name = new byte[b.get()];
            b.get(name);
            dropped.put(new String(name, StandardCharsets.US_ASCII), b.getLong());
        }
        byte[] state = new byte[b.getShort()];
        b.get(state);
        return new CursorState(number, entry, position, synced, delivered, resent, dropped, state);
    }
}
