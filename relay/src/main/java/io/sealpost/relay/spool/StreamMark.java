package io.sealpost.relay.spool;

import java.util.Arrays;

/**
 * Which messages of one stream are here: the number behind the highest, and the hashes of the last
 * ones. Confined.
 */
public final class StreamMark {
    /** Messages whose hashes are known at most. A sender goes back no further. */
    public static final int HISTORY = 1 << 16;

    /** Stands for a message that is not here, or whose hash may not be kept. */
    public static final int UNKNOWN = 0;

    private static final int FIRST_ROOM = 64;

    private int[] hashes;
    private long next;

    /** A stream of which nothing is here. */
    public StreamMark() {
        this(0, new int[0]);
    }

    /** A stream with these last messages before the next number. */
    StreamMark(long next, int[] last) {
        int room = FIRST_ROOM;
        while (room < last.length) {
            room *= 2;
        }
        hashes = new int[room];
        this.next = next;
        for (int i = 0; i < last.length; i++) {
            hashes[slot(next - last.length + i)] = last[i];
        }
    }

    /** The number behind the highest. */
    public long next() {
        return next;
    }

    /** The hash of this message, or UNKNOWN. */
    public int hash(long number) {
        return number < next && number >= next - hashes.length ? hashes[slot(number)] : UNKNOWN;
    }

    /** A message is here. */
    public void note(long number, int hash) {
        if (number >= next) {
            goOn(number);
        }
        if (number >= next - hashes.length) {
            hashes[slot(number)] = hash;
        }
    }

    private void goOn(long number) {
        long gap = number - next;
        if (gap >= HISTORY) {
            Arrays.fill(hashes, UNKNOWN);
        } else {
            if (number >= hashes.length && hashes.length < HISTORY && full(number)) {
                grow(number);
            }
            for (long missing = Math.max(next, number - hashes.length);
                    missing < number;
                    missing++) {
                hashes[slot(missing)] = UNKNOWN;
            }
        }
        next = number + 1;
    }

    /** Whether the number would take the place of a message. */
    private boolean full(long number) {
        for (long old = next - hashes.length; old <= number - hashes.length; old++) {
            if (old >= 0 && hashes[slot(old)] != UNKNOWN) {
                return true;
            }
        }
        return false;
    }

    private void grow(long number) {
        int room = hashes.length;
        while (room < HISTORY && room <= number - next + hashes.length) {
            room *= 2;
        }
        int[] last = last(hashes.length);
        hashes = new int[room];
        for (int i = 0; i < last.length; i++) {
            hashes[slot(next - last.length + i)] = last[i];
        }
    }

    /** Hashes of at most so many messages before the next number. */
    int[] last(int most) {
        int count = (int) Math.min(Math.min(most, hashes.length), next);
        int[] last = new int[count];
        for (int i = 0; i < count; i++) {
            last[i] = hashes[slot(next - count + i)];
        }
        return last;
    }

    StreamMark copy() {
        return new StreamMark(next, last(HISTORY));
    }

    private int slot(long number) {
        return (int) number & (hashes.length - 1);
    }
}
