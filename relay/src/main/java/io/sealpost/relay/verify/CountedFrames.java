package io.sealpost.relay.verify;

/**
 * Octet-counted frames (RFC 6587 §3.4.1) in part of a file that may be damaged. For one thread and
 * one use.
 */
final class CountedFrames {
    private static final int MAX_COUNT_DIGITS = 9;

    private final byte[] octets;
    private final boolean ended;
    private long length;
    private long covered;

    /** Frames from the first of these octets on, which are the last of the file if it has ended. */
    CountedFrames(byte[] octets, boolean ended) {
        this.octets = octets;
        this.ended = ended;
    }

    /** Takes what stands in a frame. */
    interface Frames {
        void add(int begin, int end);
    }

    /** Octets in whole frames, and in one that may go on behind these octets. */
    long covered() {
        return covered;
    }

    /** Gives out all frames, and what is damaged up to the next one; returns where it ended. */
    int cut(Frames frames) {
        int begin = 0;
        while (begin < octets.length) {
            int text = behindCount(begin);
            long end = text < 0 ? -1 : text + length;
            if (text >= 0
                    && end > octets.length
                    && !ended
                    && length <= LineReader.MAX_LINE_OCTETS) {
                covered += text < octets.length && octets[text] == '<' ? octets.length - begin : 0;
                return begin;
            }
            if (text < 0 || end > octets.length || !isFrameEnd((int) end)) {
                int next = resync(Math.max(text, begin + 1));
                frames.add(text < 0 ? begin : text, next);
                begin = next;
            } else {
                frames.add(text, (int) end);
                // Some put a newline behind each.
                int next = (int) end + (end < octets.length && octets[(int) end] == '\n' ? 1 : 0);
                covered += next - begin;
                begin = next;
            }
        }
        return begin;
    }

    /** Where the message begins whose count stands here, or -1; sets its length. */
    private int behindCount(int at) {
        length = 0;
        int i = at;
        while (i < octets.length && i - at < MAX_COUNT_DIGITS && isDigit(octets[i])) {
            length = length * 10 + octets[i++] - '0';
        }
        return i > at && i < octets.length && octets[i] == ' ' ? i + 1 : -1;
    }

    private boolean isFrameEnd(int at) {
        int i = at < octets.length && octets[at] == '\n' ? at + 1 : at;
        while (i < octets.length && isDigit(octets[i])) {
            i++;
        }
        return i == octets.length
                || (i > at && octets[i] == ' ' && (i + 1 == octets.length || octets[i + 1] == '<'));
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** Where no count is right: the next that looks like one, before a message. */
    private int resync(int from) {
        for (int i = from; i < octets.length - 2; i++) {
            if (octets[i] == ' ' && octets[i + 1] == '<' && isDigit(octets[i + 2])) {
                int digits = i;
                while (digits > from && isDigit(octets[digits - 1])) {
                    digits--;
                }
                // The message before may end in digits, too.
                for (int begin = digits; begin < i; begin++) {
                    long end = behindCount(begin) + length;
                    if (end <= octets.length
                            ? isFrameEnd((int) end)
                            : !ended && length <= LineReader.MAX_LINE_OCTETS) {
                        return begin;
                    }
                }
            }
        }
        return octets.length;
    }
}
