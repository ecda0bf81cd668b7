package io.sealpost.relay.spool;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The marks of all streams; those not heard of for longest are forgotten where there are too many.
 * Confined.
 */
final class StreamMarks {
    static final int MAX_STREAMS = 1024;

    /** Hashes of all streams that one segment begins with. */
    private static final int MAX_WRITTEN = 1 << 18;

    private final Map<StreamKey, StreamMark> marks = new LinkedHashMap<>(16, 0.75f, true);

    /** The mark of a stream, which may be new. */
    StreamMark of(StreamKey key) {
        StreamMark known = marks.get(key);
        if (known != null) {
            return known;
        }
        StreamMark added = new StreamMark();
        put(key, added);
        return added;
    }

    void put(StreamKey key, StreamMark mark) {
        marks.put(key, mark);
        if (marks.size() > MAX_STREAMS) {
            Iterator<StreamKey> oldestFirst = marks.keySet().iterator();
            oldestFirst.next();
            oldestFirst.remove();
        }
    }

    boolean isEmpty() {
        return marks.isEmpty();
    }

    /** The one not heard of for longest first. */
    void forEach(BiConsumer<StreamKey, StreamMark> action) {
        marks.forEach(action);
    }

    /** As metadata of the batch that a segment begins with. */
    void encode(Octets into) {
        int most = Math.max(1, MAX_WRITTEN / Math.max(1, marks.size()));
        into.octet(BatchMetadata.STREAMS_VERSION);
        into.number(marks.size());
        marks.forEach(
                (key, mark) -> {
                    into.text(key.id());
                    into.text(key.principal());
                    into.number(mark.next());
                    int[] last = mark.last(most);
                    into.number(last.length);
                    for (int hash : last) {
                        into.fixed(hash);
                    }
                });
    }
}
