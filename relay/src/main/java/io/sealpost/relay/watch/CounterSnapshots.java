package io.sealpost.relay.watch;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;

/**
 * The octets in which counters outlive the process, see {@code docs/format/counters.md}. Whoever
 * stores them adds a checksum.
 */
final class CounterSnapshots {
    static final int VERSION = 1;

    /** Room for some 1,000 series. What does not fit starts again at 0. */
    static final int MAX_BYTES = 60 * 1024;

    private static final int MAX_VALUE_BYTES = 255;

    private CounterSnapshots() {}

    static byte[] encode(Map<Series, Tally> tallies) {
        List<Map.Entry<Series, Tally>> entries =
                tallies.entrySet().stream()
                        .filter(entry -> entry.getKey().metric().stored() != 0)
                        .filter(entry -> entry.getValue().get() != 0)
                        .sorted(Comparator.comparing(entry -> entry.getKey().toString()))
                        .toList();
        ByteBuffer out = ByteBuffer.allocate(MAX_BYTES);
        out.putShort((short) VERSION);
        for (Map.Entry<Series, Tally> entry : entries) {
            byte[] bytes = encode(entry.getKey(), entry.getValue().get());
            if (bytes.length <= out.remaining()) {
                out.put(bytes);
            }
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private static byte[] encode(Series series, long count) {
        ByteBuffer out =
                ByteBuffer.allocate(
                        2 + Long.BYTES + series.values().size() * (1 + MAX_VALUE_BYTES));
        out.put((byte) series.metric().stored());
        out.put((byte) series.values().size());
        for (String value : series.values()) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            int length = Math.min(bytes.length, MAX_VALUE_BYTES);
            out.put((byte) length).put(bytes, 0, length);
        }
        out.putLong(count);
        return Arrays.copyOf(out.array(), out.position());
    }

    static int version(byte[] snapshot) {
        return snapshot.length < Short.BYTES ? 0 : ByteBuffer.wrap(snapshot).getShort();
    }

    /** Hands out every counter that is known; false, and none, if the octets are not understood. */
    static boolean decode(byte[] snapshot, ObjLongConsumer<Series> counters) {
        ByteBuffer in = ByteBuffer.wrap(snapshot);
        List<Runnable> found = new ArrayList<>();
        try {
            if (in.getShort() != VERSION) {
                return false;
            }
            while (in.hasRemaining()) {
                int stored = in.get() & 0xFF;
                List<String> values = values(in);
                long count = in.getLong();
                if (count < 0) {
                    return false;
                }
                for (MetricName metric : MetricName.values()) {
                    if (metric.stored() == stored && metric.labels().size() == values.size()) {
                        found.add(() -> counters.accept(new Series(metric, values), count));
                    }
                }
            }
        } catch (BufferUnderflowException _) {
            return false;
        }
        found.forEach(Runnable::run);
        return true;
    }

    private static List<String> values(ByteBuffer in) {
        int size = in.get() & 0xFF;
        List<String> values = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            byte[] bytes = new byte[in.get() & 0xFF];
            in.get(bytes);
            values.add(new String(bytes, StandardCharsets.UTF_8));
        }
        return values;
    }
}
