package io.sealpost.relay.forward;

import io.sealpost.relay.spool.Position;
import io.sealpost.relay.spool.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Finds out what the octets behind the confirmed length of a file are, by comparing them with the
 * messages that come next: ours and whole, ours and torn, or somebody else's. Cuts the torn ones
 * off.
 */
final class TailCheck {
    private static final int WINDOW = 64 * 1024;

    private final StorageFile file;
    private final ExpectedMessages expected;
    private final Framing framing;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW).limit(0);
    private long windowAt;
    private long size;

    /**
     * What was found.
     *
     * @param kept whole messages of ours
     * @param cut octets cut off
     * @param foreign octets of others, left
     * @param end sequence behind the last message kept; 0 if none is
     */
    record Result(long kept, long cut, long foreign, long end) {}

    TailCheck(StorageFile file, ExpectedMessages expected, Framing framing) {
        this.file = file;
        this.expected = expected;
        this.framing = framing;
    }

    /**
     * Checks what lies behind {@code from}.
     *
     * @param trusted false after a failed sync: then what reads well need not be on the disk, and
     *     is cut off to be written again
     */
    Result check(long from, boolean trusted) throws IOException, InterruptedException {
        size = file.size();
        long at = from;
        long kept = 0;
        long end = 0;
        long cut = 0;
        long foreign = 0;
        while (at < size) {
            Position next = expected.position();
            if (trusted && expected.present() && equalAt(at)) {
                at += expected.length();
                kept++;
                end = expected.position().sequence() + 1;
                expected.advance();
                continue;
            }
            if (isOursFrom(at, next)) {
                cut = size - at;
                file.truncate(at);
                size = at;
                break;
            }
            long found = trusted && expected.present() ? find(at) : -1;
            if (found < 0) {
                long line = startOfLastLine(at);
                if (line > at && isOursFrom(line, next)) {
                    cut = size - line;
                    file.truncate(line);
                    size = line;
                }
                foreign += size - at;
                break;
            }
            foreign += found - at;
            at = found;
        }
        return new Result(kept, cut, foreign, end);
    }

    /**
     * Whether all that lies behind could be left by an interrupted write of these messages: equal
     * to them, or zero where a sector was lost.
     */
    private boolean isOursFrom(long from, Position first) throws IOException, InterruptedException {
        expected.restart(first);
        boolean ours = true;
        long at = from;
        while (ours && at < size) {
            ours = expected.present();
            for (int i = 0; ours && i < expected.length() && at < size; i++) {
                byte octet = octetAt(at++);
                ours = octet == 0 || octet == expected.octets()[i];
            }
            if (ours) {
                expected.advance();
            }
        }
        expected.restart(first);
        return ours;
    }

    private long find(long from) throws IOException {
        for (long at = from; at + expected.length() <= size; at++) {
            boolean mayBegin = framing != Framing.LF || at == from || octetAt(at - 1) == '\n';
            if (mayBegin && equalAt(at)) {
                return at;
            }
        }
        return -1;
    }

    private boolean equalAt(long at) throws IOException {
        if (at + expected.length() > size) {
            return false;
        }
        for (int i = 0; i < expected.length(); i++) {
            if (octetAt(at + i) != expected.octets()[i]) {
                return false;
            }
        }
        return true;
    }

    /** Behind the last line end; the given place itself where lines are not the framing. */
    private long startOfLastLine(long from) throws IOException {
        long start = size;
        while (framing == Framing.LF && start > from && octetAt(start - 1) != '\n') {
            start--;
        }
        return start == size ? from : start;
    }

    private byte octetAt(long at) throws IOException {
        if (at < windowAt || at >= windowAt + window.limit()) {
            windowAt = Math.max(0, at - at % (WINDOW / 2));
            window.clear();
            window.limit(file.read(window, windowAt));
        }
        return window.get((int) (at - windowAt));
    }
}
