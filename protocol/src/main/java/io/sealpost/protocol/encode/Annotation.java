package io.sealpost.protocol.encode;

import io.sealpost.protocol.message.Annotate;
import io.sealpost.protocol.message.Form;
import io.sealpost.protocol.message.MessageScan;
import io.sealpost.protocol.message.Reason;
import io.sealpost.protocol.message.TimestampWriter;
import java.nio.charset.StandardCharsets;

/** The element {@code [sealpost@PEN ...]} that a relay adds to messages it changes. */
final class Annotation {
    private static final byte[] REASONS = ascii(" reasons=\"");
    private static final byte[] PEER = ascii(" peer=\"");
    private static final byte[] RECEIVED = ascii(" received=\"");
    private static final byte[] FORM = ascii(" form=\"");
    private static final byte[][] LABELS = labels();
    private static final byte[][] FORMS = forms();
    private static final int LABELS_LENGTH = length(LABELS);

    /** Parameter names, quotes, receive time, form and bracket. */
    private static final int FIXED_LENGTH = 128;

    private final Annotate annotate;
    private final byte[] start;
    private final TimestampWriter timestamps;

    private Annotation(Annotate annotate, byte[] start, TimestampWriter timestamps) {
        this.annotate = annotate;
        this.start = start;
        this.timestamps = timestamps;
    }

    static Annotation of(Annotate annotate, int enterpriseNumber, TimestampWriter timestamps) {
        return new Annotation(annotate, ascii("[sealpost@" + enterpriseNumber), timestamps);
    }

    /** An upper bound of what {@link #write} adds, in octets. */
    int maxLength(MessageScan scan) {
        return annotate == Annotate.NONE
                ? 0
                : start.length + LABELS_LENGTH + 2 * scan.peer().length + FIXED_LENGTH;
    }

    /** Writes the element if this message gets one; returns the position behind it. */
    int write(MessageScan scan, byte[] dst, int at) {
        int marked = scan.reasons() & Reason.MARKED_BITS;
        boolean all = annotate == Annotate.ALL;
        if (annotate == Annotate.NONE || (!all && marked == 0) || present(scan)) {
            return at;
        }
        int p = put(start, dst, at);
        if (marked != 0) {
            p = reasons(marked, dst, put(REASONS, dst, p));
        }
        if (all) {
            p = escaped(scan.peer(), dst, put(PEER, dst, p));
            p = put(RECEIVED, dst, p);
            p += timestamps.write(scan.receivedMicros(), 0, 6, dst, p);
            dst[p++] = '"';
            p = put(FORMS[scan.form().number()], dst, put(FORM, dst, p));
            dst[p++] = '"';
        }
        dst[p] = ']';
        return p + 1;
    }

    /**
     * An SD-ID may stand only once in a message, RFC 5424 §6.3.2; the relay before us was first.
     */
    private boolean present(MessageScan scan) {
        byte[] b = scan.bodySource();
        int end = scan.structuredDataOffset() + scan.structuredDataLength();
        boolean quoted = false;
        for (int p = scan.structuredDataOffset(); p < end; p++) {
            if (b[p] == '\\' && quoted) {
                p++;
            } else if (b[p] == '"') {
                quoted = !quoted;
            } else if (b[p] == '[' && !quoted && startsHere(b, p, end)) {
                return true;
            }
        }
        return false;
    }

    private boolean startsHere(byte[] b, int p, int end) {
        if (end - p <= start.length) {
            return false;
        }
        for (int i = 0; i < start.length; i++) {
            if (b[p + i] != start[i]) {
                return false;
            }
        }
        return b[p + start.length] == ' ' || b[p + start.length] == ']';
    }

    private static int reasons(int bits, byte[] dst, int at) {
        int p = at;
        for (int rest = bits; rest != 0; rest &= rest - 1) {
            if (rest != bits) {
                dst[p++] = ',';
            }
            p = put(LABELS[Integer.numberOfTrailingZeros(rest)], dst, p);
        }
        dst[p] = '"';
        return p + 1;
    }

    private static int escaped(byte[] text, byte[] dst, int at) {
        int p = at;
        for (byte octet : text) {
            if (octet == '"' || octet == '\\' || octet == ']') {
                dst[p++] = '\\';
            }
            dst[p++] = octet;
        }
        dst[p] = '"';
        return p + 1;
    }

    private static int put(byte[] text, byte[] dst, int at) {
        System.arraycopy(text, 0, dst, at, text.length);
        return at + text.length;
    }

    private static byte[][] labels() {
        byte[][] labels = new byte[Reason.count()][];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = ascii(Reason.of(i).label());
        }
        return labels;
    }

    private static byte[][] forms() {
        byte[][] labels = new byte[Form.count()][];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = ascii(Form.of(i).label());
        }
        return labels;
    }

    private static int length(byte[][] texts) {
        int sum = texts.length;
        for (byte[] text : texts) {
            sum += text.length;
        }
        return sum;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
