package io.sealpost.protocol.parse;

import io.sealpost.protocol.message.Form;
import io.sealpost.protocol.message.MessageScan;
import io.sealpost.protocol.message.Priority;
import io.sealpost.protocol.message.Reason;

/**
 * Understands one message at a time: well-formed RFC 5424, damaged RFC 5424, RFC 3164 with its
 * dialects, or plain text. Never fails, whatever the octets. One per event loop; not thread-safe.
 */
public final class MessageParser {
    /** Limit of digits in PRI, RFC 5424 §6.2.1. */
    private static final int MAX_PRI_DIGITS = 3;

    private static final int MAX_VERSION_DIGITS = 3;
    private static final int NO_VERSION = -1;
    private static final int OTHER_VERSION = 2;

    private final WellFormedReader wellFormed;
    private final DamagedReader damaged;
    private final Rfc3164Parser rfc3164 = new Rfc3164Parser();

    /** A parser that has seen nothing yet. */
    public MessageParser() {
        StructuredDataReader structuredData = new StructuredDataReader();
        this.wellFormed = new WellFormedReader(structuredData);
        this.damaged = new DamagedReader(structuredData);
    }

    /**
     * Parses {@code b[off, off + len)}, from which framing is removed already; one trailing LF, CR
     * LF or NUL is no part of the message.
     *
     * @param truncated whether the framer cut it
     * @param origin where it came from
     * @param receivedMicros receive time, microseconds since the epoch
     * @param scan takes the result
     */
    public void parse(
            byte[] b,
            int off,
            int len,
            boolean truncated,
            Origin origin,
            long receivedMicros,
            MessageScan scan) {
        int end = off + len - trailer(b, off, off + len);
        scan.begin(b, off, end - off, origin.peer(), receivedMicros);
        if (truncated) {
            scan.add(Reason.TRUNCATED);
        }
        if (off >= end || b[off] != '<') {
            withoutPri(b, off, end, origin, scan);
            return;
        }
        int behindPri = pri(b, off, end, scan);
        if (behindPri < 0) {
            if (off + 1 < end && beginsPri(b[off + 1])) {
                scan.add(Reason.INVALID_PRI);
            } else {
                scan.add(Reason.MISSING_PRI);
            }
            scan.add(Reason.UNPARSED);
            return;
        }
        withPri(b, behindPri, end, origin, scan);
    }

    /** Octets of the one line end that is no part of the message. */
    private static int trailer(byte[] b, int off, int end) {
        if (end == off || (b[end - 1] != '\n' && b[end - 1] != 0)) {
            return 0;
        }
        return b[end - 1] == '\n' && end - off > 1 && b[end - 2] == '\r' ? 2 : 1;
    }

    private void withoutPri(byte[] b, int p, int end, Origin origin, MessageScan scan) {
        scan.add(Reason.MISSING_PRI);
        if (rfc3164.read(b, p, end, false, origin.clock(), scan)) {
            scan.form(Form.RFC3164);
        } else {
            scan.add(Reason.UNPARSED);
        }
    }

    private void withPri(byte[] b, int p, int end, Origin origin, MessageScan scan) {
        int version = version(b, p, end);
        if (version == 1) {
            int timestamp = p + 2;
            if (wellFormed.read(b, timestamp, end, scan)) {
                wellFormed(b, scan);
                return;
            }
            if (DamagedReader.recognises(b, timestamp, end)) {
                scan.form(Form.RFC5424_DAMAGED);
                damaged.read(b, timestamp, end, origin.clock(), scan);
                return;
            }
        } else if (version == OTHER_VERSION) {
            scan.add(Reason.UNKNOWN_VERSION);
        }
        scan.text(p);
        if (version != OTHER_VERSION && rfc3164.read(b, p, end, true, origin.clock(), scan)) {
            scan.form(Form.RFC3164);
        } else {
            scan.add(Reason.UNPARSED);
        }
    }

    private static void wellFormed(byte[] b, MessageScan scan) {
        int pri = scan.messageOffset() + 1;
        boolean leadingZero = b[pri] == '0' && b[pri + 1] != '>';
        if (leadingZero) {
            scan.form(Form.RFC5424_DAMAGED);
            return;
        }
        scan.form(Form.RFC5424);
        if (scan.reasons() == 0) {
            scan.keepBytes();
        }
    }

    /** Reads PRI and returns the position behind it, or -1 where it is none. */
    private static int pri(byte[] b, int off, int end, MessageScan scan) {
        int value = 0;
        int q = off + 1;
        while (q < end && q - off <= MAX_PRI_DIGITS && Octets.digit(b[q])) {
            value = value * 10 + b[q] - '0';
            q++;
        }
        if (q == off + 1 || value > Priority.MAX || !Octets.isAt(b, q, end, '>')) {
            return -1;
        }
        scan.priority(value);
        return q + 1;
    }

    /** Whether an octet behind {@code <} shows that a PRI was meant. */
    private static boolean beginsPri(byte octet) {
        return Octets.digit(octet)
                || Octets.blank(octet)
                || octet == '+'
                || octet == '-'
                || octet == '>';
    }

    /**
     * The VERSION that begins here: 1 with its blank, which may also stand before other times, or
     * another number before what looks like a TIMESTAMP.
     */
    private static int version(byte[] b, int p, int end) {
        if (end - p >= 2 && b[p] == '1' && b[p + 1] == ' ') {
            return 1;
        }
        int q = Octets.runEnd(b, p, end, Octets.DIGIT);
        if (q == p || q - p > MAX_VERSION_DIGITS || !Octets.isAt(b, q, end, ' ')) {
            return NO_VERSION;
        }
        boolean timestamp =
                DamagedReader.recognises(b, q + 1, end) || DamagedReader.date(b, q + 1, end);
        return timestamp ? OTHER_VERSION : NO_VERSION;
    }
}
