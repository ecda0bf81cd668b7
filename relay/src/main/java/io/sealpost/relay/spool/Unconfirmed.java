package io.sealpost.relay.spool;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a queue gave out and has not yet heard of, in order: ranges of messages, and between them
 * messages lost or set aside. Neighbouring ranges of about the same time are joined. Guarded by its
 * queue's lock.
 */
final class Unconfirmed {
    /** Ranges received so far apart are kept apart, for the lag. */
    private static final long JOIN_MICROS = 100_000;

    /** What a queue does with each entry that is behind it now. */
    interface Counter {
        /** Messages [from, to) of a range. */
        void range(long from, long to);

        /** Messages that are not delivered. */
        void dropped(long messages, String reason);
    }

    private long[] from = new long[16];
    private long[] to = new long[16];
    private long[] count = new long[16];
    private long[] micros = new long[16];
    private @Nullable String[] reason = new @Nullable String[16];
    private int head;
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    /** When the first message not confirmed was received, or -1. */
    long oldestMicros() {
        return size == 0 ? -1 : micros[head];
    }

    /** Sequence behind messages not delivered, if they are next; else -1. */
    long nextDropped() {
        return size > 0 && reason[head] != null ? to[head] : -1;
    }

    /** Messages in all entries. */
    long total() {
        long total = 0;
        for (int i = 0; i < size; i++) {
            total += count[at(i)];
        }
        return total;
    }

    void addRange(long first, long end, long receivedMicros) {
        if (size > 0) {
            int last = at(size - 1);
            if (reason[last] == null
                    && to[last] == first
                    && receivedMicros - micros[last] < JOIN_MICROS) {
                to[last] = end;
                count[last] += end - first;
                return;
            }
        }
        add(first, end, end - first, receivedMicros, null);
    }

    /** Messages not delivered that end at this sequence. */
    void addDropped(long end, long messages, String why) {
        add(end, end, messages, size == 0 ? -1 : micros[at(size - 1)], why);
    }

    private void add(long first, long end, long messages, long time, @Nullable String why) {
        if (size == from.length) {
            grow();
        }
        int i = at(size++);
        from[i] = first;
        to[i] = end;
        count[i] = messages;
        micros[i] = time;
        reason[i] = why;
    }

    /** Takes out everything before this sequence, and entries of no extent next to it. */
    void takeUpTo(long sequence, Counter counter) {
        while (size > 0) {
            int i = head;
            String why = reason[i];
            if (why != null) {
                if (to[i] > sequence) {
                    return;
                }
                counter.dropped(count[i], why);
            } else if (to[i] <= sequence) {
                counter.range(from[i], to[i]);
            } else {
                if (from[i] < sequence) {
                    counter.range(from[i], sequence);
                    from[i] = sequence;
                    count[i] = to[i] - sequence;
                }
                return;
            }
            head = (head + 1) % from.length;
            size--;
        }
    }

    /** Forgets everything from this sequence on: it will be given out again. */
    void forgetFrom(long sequence) {
        while (size > 0) {
            int i = at(size - 1);
            if (from[i] < sequence || (reason[i] != null && to[i] <= sequence)) {
                if (to[i] > sequence) {
                    to[i] = sequence;
                    count[i] = sequence - from[i];
                }
                return;
            }
            size--;
        }
    }

    private int at(int index) {
        return (head + index) % from.length;
    }

    private void grow() {
        int old = from.length;
        from = Arrays.copyOf(turned(from), old * 2);
        to = Arrays.copyOf(turned(to), old * 2);
        count = Arrays.copyOf(turned(count), old * 2);
        micros = Arrays.copyOf(turned(micros), old * 2);
        @Nullable String[] reasons = new @Nullable String[old * 2];
        for (int i = 0; i < old; i++) {
            reasons[i] = reason[(head + i) % old];
        }
        reason = reasons;
        head = 0;
    }

    private long[] turned(long[] ring) {
        long[] straight = new long[ring.length];
        for (int i = 0; i < ring.length; i++) {
            straight[i] = ring[(head + i) % ring.length];
        }
        return straight;
    }
}
