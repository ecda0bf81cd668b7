package io.sealpost.relay.verify;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Cuts a file into chunks of whole lines. For one thread at a time. */
final class LineReader {
    static final int CHUNK_OCTETS = 1 << 20;

    /** Longest line that is read as one. */
    static final int MAX_LINE_OCTETS = 64 << 20;

    private static final int MAX_COUNT_DIGITS = 9;

    private final InputStream in;
    private byte[] ahead = new byte[0];
    private boolean ended;
    private long lines;
    private long length;
    private LineFormat format = LineFormat.LINES;

    LineReader(InputStream in) {
        this.in = in;
    }

    /** Reads the beginning and says what format it has; before anything else. */
    LineFormat format() throws IOException {
        fill(CHUNK_OCTETS);
        format = LineFormat.of(ahead, Math.min(ahead.length, CHUNK_OCTETS));
        return format;
    }

    /** The next lines, or null at the end. */
    @Nullable LineChunk next() throws IOException {
        int wanted = CHUNK_OCTETS;
        while (true) {
            fill(wanted);
            if (ahead.length == 0) {
                return null;
            }
            LineChunk chunk = new LineChunk(ahead, lines + 1);
            int end = format == LineFormat.OCTET_COUNTED ? counted(chunk) : lines(chunk);
            if (end == 0 && !ended && wanted < MAX_LINE_OCTETS) {
                wanted *= 2;
                continue;
            }
            if (end == 0 || (ended && end < ahead.length)) {
                chunk.add(end, ahead.length); // a line without an end
                end = ahead.length;
            }
            ahead = Arrays.copyOfRange(ahead, end, ahead.length);
            lines += chunk.count();
            return chunk;
        }
    }

    private void fill(int wanted) throws IOException {
        if (ended || ahead.length >= wanted) {
            return;
        }
        byte[] more = in.readNBytes(wanted - ahead.length);
        ended = more.length < wanted - ahead.length;
        int had = ahead.length;
        ahead = Arrays.copyOf(ahead, had + more.length);
        System.arraycopy(more, 0, ahead, had, more.length);
    }

    private int lines(LineChunk chunk) {
        int begin = 0;
        for (int i = 0; i < ahead.length; i++) {
            if (ahead[i] == '\n') {
                chunk.add(begin, i);
                begin = i + 1;
            }
        }
        return begin;
    }

    private int counted(LineChunk chunk) {
        int begin = 0;
        while (begin < ahead.length) {
            int text = behindCount(begin);
            long end = text < 0 ? -1 : text + length;
            if (text >= 0 && end > ahead.length && !ended && length <= MAX_LINE_OCTETS) {
                return begin;
            }
            if (text < 0 || end > ahead.length || !isFrameEnd((int) end)) {
                int next = resync(Math.max(text, begin + 1));
                chunk.add(text < 0 ? begin : text, next);
                begin = next;
            } else {
                chunk.add(text, (int) end);
                begin = (int) end;
                // Some put a newline behind each.
                begin += begin < ahead.length && ahead[begin] == '\n' ? 1 : 0;
            }
        }
        return begin;
    }

    /** Where the message begins whose count stands here, or -1; sets its length. */
    private int behindCount(int at) {
        length = 0;
        int i = at;
        while (i < ahead.length && i - at < MAX_COUNT_DIGITS && isDigit(ahead[i])) {
            length = length * 10 + ahead[i++] - '0';
        }
        return i > at && i < ahead.length && ahead[i] == ' ' ? i + 1 : -1;
    }

    private boolean isFrameEnd(int at) {
        int i = at < ahead.length && ahead[at] == '\n' ? at + 1 : at;
        while (i < ahead.length && isDigit(ahead[i])) {
            i++;
        }
        return i == ahead.length
                || (i > at && ahead[i] == ' ' && (i + 1 == ahead.length || ahead[i + 1] == '<'));
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** Where no count is right: the next that looks like one, before a message. */
    private int resync(int from) {
        for (int i = from; i < ahead.length - 2; i++) {
            if (ahead[i] == ' ' && ahead[i + 1] == '<' && isDigit(ahead[i + 2])) {
                int digits = i;
                while (digits > from && isDigit(ahead[digits - 1])) {
                    digits--;
                }
                // The message before may end in digits, too.
                for (int begin = digits; begin < i; begin++) {
                    long end = behindCount(begin) + length;
                    if (end <= ahead.length
                            ? isFrameEnd((int) end)
                            : !ended && length <= MAX_LINE_OCTETS) {
                        return begin;
                    }
                }
            }
        }
        return ahead.length;
    }
}
