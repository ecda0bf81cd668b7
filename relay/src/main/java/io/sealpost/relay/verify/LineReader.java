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

    private final InputStream in;
    private byte[] ahead = new byte[0];
    private boolean ended;
    private long lines;
    private LineFormat format = LineFormat.LINES;

    LineReader(InputStream in) {
        this.in = in;
    }

    /** Reads the beginning and says what format it has; before anything else. */
    LineFormat format() throws IOException {
        fill(CHUNK_OCTETS);
        format = LineFormat.of(ahead, ended);
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
            int end =
                    format == LineFormat.OCTET_COUNTED
                            ? new CountedFrames(ahead, ended).cut(chunk::add)
                            : lines(chunk);
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
}
