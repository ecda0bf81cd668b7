package io.sealpost.protocol.frame;

/**
 * Finds the messages in the octets of one connection (RFC 6587), deciding anew for each frame
 * between octet counting and non-transparent framing. Confined to whoever reads the connection.
 *
 * <p>The caller keeps the octets. It calls {@link #next} until that answers {@link
 * Result#NEED_MORE}, each time from {@link #consumedTo()} on; the octets from there to the end are
 * the unfinished rest, which it hands in again with what follows them. That rest never exceeds
 * {@link #maxRest()}. When the stream has ended it calls {@link #close} in the same way. Nothing is
 * allocated, and no octet of a line is looked at twice however the stream is cut.
 *
 * <p>A frame is given as it stands in the stream: LF, CR LF or NUL that end a line are taken off;
 * one that a sender put inside a counted frame is still there, and the parser takes it off.
 */
public final class StreamFramer {
    /* What is a frame.
     *
     * Octet counting: [1-9][0-9]{0,8} SP followed by '<', one to three digits, '>'. The PRI is what
     * tells a count from a line that begins with a number. Everything else is a line, ended by LF or
     * NUL; empty lines are none.
     *
     * A count above four times the maximum, on a connection that has not yet had a good counted
     * frame, is more likely text than a count: believing it would swallow everything behind it.
     *
     * Damage: a wrong count leaves the stream in the middle of something. What follows a counted
     * frame directly and begins with neither count nor PRI is taken for such a remainder, and it ends
     * not only at LF or NUL, but also before a full count with its PRI: a sender that counts writes
     * no LF that one could wait for. A text that begins with PRI, or that follows a LF, is a line, and
     * a count inside it is content, unless it exceeds the maximum behind a counted frame.
     *
     * Every decision depends on octets at fixed places of the stream only, never on where a read
     * happened to end: a line is called too long once the octets that could still make it fit are
     * known not to do so (CR LF at the maximum, a count that begins there).
     */

    /** What {@link StreamFramer#next} found. */
    public enum Result {
        /** A message: see frameOffset(), frameLength(), truncated(). */
        FRAME,
        /** No further message in these octets. */
        NEED_MORE
    }

    private enum State {
        /** Between frames. */
        START,
        /** Behind a count: so many octets are the message. */
        COUNTED,
        /** Inside a line. */
        LINE,
        /** Inside what follows a wrong count. */
        REMAINDER,
        /** Behind the kept part of a counted frame above the maximum. */
        SKIP_COUNTED,
        /** Behind the kept part of a line above the maximum. */
        SKIP_LINE,
        /** The same where a count may end it. */
        SKIP_REMAINDER
    }

    /** How one state left the octets. */
    private enum Step {
        FOUND,
        WAIT,
        ON
    }

    private static final int MAX_COUNT_DIGITS = 9;
    private static final int MAX_PRI_DIGITS = 3;

    /** Count, blank and PRI. */
    private static final int MAX_PREFIX = MAX_COUNT_DIGITS + 1 + MAX_PRI_DIGITS + 2;

    /** A first count up to so many times the maximum is believed. */
    private static final int BELIEVED_FACTOR = 4;

    private static final int PARTIAL = -1;
    private static final int NONE = -2;

    private final int maxMessage;

    private State state = State.START;
    private boolean afterCounted;
    private boolean goodCounted;

    /** Of the counted frame begun; in SKIP_COUNTED what is left of it. */
    private int count;

    /** Octets of the text, from its start, that hold no end of it. */
    private int scanned;

    private int frameOffset;
    private int frameLength;
    private boolean truncated;
    private boolean counted;
    private int consumedTo;

    /**
     * A framer at the start of a connection.
     *
     * @param maxMessage octets of the longest message, without framing
     */
    public StreamFramer(int maxMessage) {
        this.maxMessage = maxMessage;
    }

    /** Looks for the next message in {@code b[from, end)}. */
    public Result next(byte[] b, int from, int end) {
        return advance(b, from, end, false);
    }

    /** Like {@link #next}, when nothing follows: an unfinished frame is a message, too. */
    public Result close(byte[] b, int from, int end) {
        return advance(b, from, end, true);
    }

    /** Where the message found begins. */
    public int frameOffset() {
        return frameOffset;
    }

    /** Octets of the message found. */
    public int frameLength() {
        return frameLength;
    }

    /** Whether the message found was longer, or not complete when the stream ended. */
    public boolean truncated() {
        return truncated;
    }

    /** Whether the message found came by octet counting. */
    public boolean counted() {
        return counted;
    }

    /** Where the octets begin that are still needed. */
    public int consumedTo() {
        return consumedTo;
    }

    /** The most octets the caller has to keep. */
    public int maxRest() {
        return maxMessage + MAX_PREFIX + 1;
    }

    private Result advance(byte[] b, int from, int end, boolean atEnd) {
        consumedTo = from;
        while (true) {
            Step step =
                    switch (state) {
                        case START -> begin(b, end, atEnd);
                        case COUNTED -> countedFrame(b, end, atEnd);
                        case LINE -> line(b, end, atEnd);
                        case REMAINDER -> remainder(b, end, atEnd);
                        case SKIP_COUNTED -> skipCounted(end);
                        case SKIP_LINE -> skipLine(b, end);
                        case SKIP_REMAINDER -> skipRemainder(b, end, atEnd);
                    };
            if (step != Step.ON) {
                return step == Step.FOUND ? Result.FRAME : Result.NEED_MORE;
            }
        }
    }

    private Step waitFrom(int needed) {
        consumedTo = needed;
        return Step.WAIT;
    }

    private Step frame(int offset, int length, boolean cut, int next) {
        frameOffset = offset;
        frameLength = length;
        truncated = cut;
        consumedTo = next;
        return Step.FOUND;
    }

    /** Decides what kind of frame begins here. */
    private Step begin(byte[] b, int end, boolean atEnd) {
        int at = consumedTo;
        while (at < end && (b[at] == '\n' || b[at] == 0)) {
            at++;
            afterCounted = false;
        }
        if (at == end) {
            return waitFrom(at);
        }
        consumedTo = at;
        int content = countedContent(b, at, end);
        if (content == PARTIAL && !atEnd) {
            return waitFrom(at);
        }
        if (content >= 0) {
            consumedTo = content;
            state = State.COUNTED;
            return Step.ON;
        }
        if (afterCounted) {
            int pri = endOfPri(b, at, end);
            if (pri == PARTIAL && !atEnd) {
                return waitFrom(at);
            }
            state = pri >= 0 ? State.LINE : State.REMAINDER;
        } else {
            state = State.LINE;
        }
        scanned = 0;
        return Step.ON;
    }

    /** Where the message of a counted frame begins that is to be believed; else PARTIAL or NONE. */
    private int countedContent(byte[] b, int from, int end) {
        int value = b[from] - '0';
        if (value < 1 || value > 9) {
            return NONE;
        }
        int last = Math.min(end, from + MAX_COUNT_DIGITS + 1);
        for (int at = from + 1; at < last; at++) {
            int digit = b[at] - '0';
            if (digit >= 0 && digit <= 9) {
                if (at == from + MAX_COUNT_DIGITS) {
                    return NONE;
                }
                value = value * 10 + digit;
            } else if (b[at] == ' ') {
                int pri = endOfPri(b, at + 1, end);
                if (pri >= 0 && !believed(value)) {
                    return NONE;
                }
                count = value;
                return pri >= 0 ? at + 1 : pri;
            } else {
                return NONE;
            }
        }
        return PARTIAL;
    }

    private boolean believed(int value) {
        return goodCounted || value <= (long) BELIEVED_FACTOR * maxMessage;
    }

    /** Where a PRI that begins here ends; else PARTIAL or NONE. */
    private static int endOfPri(byte[] b, int from, int end) {
        if (from >= end) {
            return PARTIAL;
        }
        if (b[from] != '<') {
            return NONE;
        }
        int at = from + 1;
        while (at < end && at <= from + MAX_PRI_DIGITS && isDigit(b[at])) {
            at++;
        }
        if (at == end) {
            return PARTIAL;
        }
        return b[at] == '>' && at > from + 1 ? at + 1 : NONE;
    }

    private Step countedFrame(byte[] b, int end, boolean atEnd) {
        int at = consumedTo;
        counted = true;
        if (end - at < Math.min(count, maxMessage)) {
            if (!atEnd) {
                return waitFrom(at);
            }
            state = State.START;
            return frame(at, end - at, true, end);
        }
        afterCounted = true;
        if (count <= maxMessage) {
            goodCounted = true;
            state = State.START;
            return frame(at, count, false, at + count);
        }
        count -= maxMessage;
        state = State.SKIP_COUNTED;
        return frame(at, Utf8.cut(b, at, maxMessage), true, at + maxMessage);
    }

    private Step skipCounted(int end) {
        int skipped = Math.min(count, end - consumedTo);
        count -= skipped;
        if (count > 0) {
            return waitFrom(end);
        }
        consumedTo += skipped;
        state = State.START;
        return Step.ON;
    }

    private Step line(byte[] b, int end, boolean atEnd) {
        int at = consumedTo;
        // the last place where the end of a line that fits can be: behind maximum and CR
        int limit = (int) Math.min(end, at + maxMessage + 2L);
        int terminator = Terminators.indexIn(b, at + scanned, limit);
        if (terminator >= 0) {
            return lineTo(b, at, terminator);
        }
        int length = end - at;
        boolean mayFit =
                length <= maxMessage
                        || (length == maxMessage + 1 && b[at + maxMessage] == '\r' && !atEnd);
        return mayFit ? unfinished(at, end, atEnd) : cutText(b, at);
    }

    private Step remainder(byte[] b, int end, boolean atEnd) {
        int at = consumedTo;
        int limit = (int) Math.min(end, at + (long) maxRest());
        for (int i = at + scanned; i < limit; i++) {
            if (b[i] == '\n' || b[i] == 0) {
                return i - at > maxMessage + 1 ? cutText(b, at) : lineTo(b, at, i);
            }
            int start = b[i] == '>' ? startOfPrefix(b, at, i) : NONE;
            if (start >= 0) {
                if (start - at > maxMessage) {
                    return cutText(b, at);
                }
                counted = false;
                state = State.START;
                return frame(at, start - at, false, start);
            }
        }
        if (limit == at + maxRest() || (atEnd && end - at > maxMessage)) {
            return cutText(b, at);
        }
        return unfinished(at, end, atEnd);
    }

    /** The text ends before {@code terminator}, which is LF or NUL. */
    private Step lineTo(byte[] b, int at, int terminator) {
        int length = terminator - at;
        if (length > 0 && b[terminator] == '\n' && b[terminator - 1] == '\r') {
            length--;
        }
        state = State.START;
        afterCounted = false;
        counted = false;
        if (length == 0) {
            consumedTo = terminator + 1;
            return Step.ON;
        }
        boolean cut = length > maxMessage;
        return frame(at, cut ? Utf8.cut(b, at, maxMessage) : length, cut, terminator + 1);
    }

    private Step unfinished(int at, int end, boolean atEnd) {
        if (!atEnd) {
            scanned = end - at;
            return waitFrom(at);
        }
        state = State.START;
        counted = false;
        return frame(at, end - at, false, end);
    }

    private Step cutText(byte[] b, int at) {
        state = afterCounted ? State.SKIP_REMAINDER : State.SKIP_LINE;
        counted = false;
        return frame(at, Utf8.cut(b, at, maxMessage), true, at + maxMessage);
    }

    private Step skipLine(byte[] b, int end) {
        int terminator = Terminators.indexIn(b, consumedTo, end);
        if (terminator < 0) {
            return waitFrom(end);
        }
        return skipped(terminator + 1);
    }

    private Step skipRemainder(byte[] b, int end, boolean atEnd) {
        int at = consumedTo;
        for (int i = at; i < end; i++) {
            if (b[i] == '\n' || b[i] == 0) {
                return skipped(i + 1);
            }
            int start = b[i] == '>' ? startOfPrefix(b, at, i) : NONE;
            if (start >= 0) {
                consumedTo = start;
                state = State.START;
                return Step.ON;
            }
        }
        // what may be the beginning of a count, and the octet before it
        return waitFrom(atEnd ? end : Math.max(at, end - MAX_PREFIX - 1));
    }

    private Step skipped(int next) {
        consumedTo = next;
        state = State.START;
        afterCounted = false;
        return Step.ON;
    }

    /**
     * Where a believable count with its PRI begins that ends with the {@code '>'} at {@code close};
     * NONE if none does. One that begins at {@code from} was judged before.
     */
    private int startOfPrefix(byte[] b, int from, int close) {
        int at = close - 1;
        while (at > from && at >= close - MAX_PRI_DIGITS && isDigit(b[at])) {
            at--;
        }
        if (at == close - 1 || at - 2 <= from || b[at] != '<' || b[at - 1] != ' ') {
            return NONE;
        }
        int lastDigit = at - 2;
        at = lastDigit;
        int value = 0;
        int unit = 1;
        while (at > from && lastDigit - at < MAX_COUNT_DIGITS && isDigit(b[at])) {
            value += unit * (b[at] - '0');
            unit *= 10;
            at--;
        }
        boolean count = at < lastDigit && !isDigit(b[at]) && b[at + 1] != '0';
        return count && believed(value) ? at + 1 : NONE;
    }

    private static boolean isDigit(byte octet) {
        return octet >= '0' && octet <= '9';
    }
}
