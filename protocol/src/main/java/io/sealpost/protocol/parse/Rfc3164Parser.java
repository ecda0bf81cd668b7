package io.sealpost.protocol.parse;

import io.sealpost.protocol.message.HeaderField;
import io.sealpost.protocol.message.MessageScan;
import io.sealpost.protocol.message.Reason;
import io.sealpost.protocol.parse.TimeFields.Kind;

/** Reads RFC 3164 and its dialects. Not thread-safe. */
final class Rfc3164Parser {
    private final TimeFields time = new TimeFields();
    private final TimeSuffix suffix = new TimeSuffix();
    private final CiscoPrefix prefix = new CiscoPrefix();
    private final TagReader tag = new TagReader();

    /**
     * Reads from behind PRI on.
     *
     * @return false if no header was found; the scan is as before then
     */
    boolean read(byte[] b, int p, int end, boolean pri, ZoneClock clock, MessageScan scan) {
        int start = pri ? behindPri(b, p, end) : p;
        int timeEnd = time(b, start, end, pri);
        boolean origin = false;
        if (timeEnd < 0) {
            int behind = prefix.read(b, start, end, time);
            if (behind >= 0 && prefix.timeEnd() < 0) {
                origin(prefix.hasOrigin(), scan);
                return timeless(b, behind, end, scan);
            }
            timeEnd = behind < 0 ? -1 : prefix.timeEnd();
            origin = behind >= 0 && prefix.hasOrigin();
        }
        int q = timeEnd < 0 ? -1 : suffix.read(b, timeEnd, end, time);
        if (timeEnd < 0 || (origin && !originStands(b, q, end))) {
            return pri && tag.read(b, start, end) && untimed(b, start, end, scan);
        }
        TimeResolver.resolve(time, clock, scan);
        if (origin) {
            origin(true, scan);
            text(b, q, end, scan);
        } else {
            host(b, q, end, scan);
        }
        return true;
    }

    /** Blanks and one colon, which ASA and NX-OS write behind PRI, and the VERSION of Meraki. */
    private static int behindPri(byte[] b, int p, int end) {
        int q = Octets.skipBlanks(b, p, end);
        if (Octets.isAt(b, q, end, ':')) {
            q = Octets.skipBlanks(b, q + 1, end);
        }
        if (end - q >= 12 && b[q] == '1' && b[q + 1] == ' ') {
            int digits = Octets.runEnd(b, q + 2, end, Octets.DIGIT) - q - 2;
            return digits == 10 ? q + 2 : q;
        }
        return q;
    }

    private int time(byte[] b, int p, int end, boolean pri) {
        int q = TimeReader.read(b, p, end, time);
        boolean bareNumber = !pri && time.kind == Kind.EPOCH && time.fractionDigits == 0;
        return bareNumber ? -1 : q;
    }

    /**
     * A word with a colon before a time in figures is an origin only where a Cisco tag follows;
     * otherwise it is a program that writes its own times into its text.
     */
    private boolean originStands(byte[] b, int p, int end) {
        return time.kind == Kind.BSD
                || time.kind == Kind.UPTIME
                || (Octets.isAt(b, p, end, '%') && tag.read(b, p, end));
    }

    private boolean untimed(byte[] b, int p, int end, MessageScan scan) {
        origin(false, scan);
        return timeless(b, p, end, scan);
    }

    private boolean timeless(byte[] b, int p, int end, MessageScan scan) {
        scan.add(Reason.MISSING_TIMESTAMP);
        text(b, p, end, scan);
        return true;
    }

    private void origin(boolean present, MessageScan scan) {
        if (!present) {
            scan.add(Reason.MISSING_HOSTNAME);
            return;
        }
        setHost(scan.source(), prefix.originStart(), prefix.originEnd(), scan);
    }

    private static void setHost(byte[] b, int p, int end, MessageScan scan) {
        boolean brackets = HostReader.bracketed(b, p, end);
        scan.hostname(brackets ? p + 1 : p, brackets ? end - p - 2 : end - p);
    }

    /** HOSTNAME, if the next word is one, then tag and text. */
    private void host(byte[] b, int p, int end, MessageScan scan) {
        int forwarded = HostReader.forwarded(b, p, end);
        int q = forwarded >= 0 ? -1 : HostReader.word(b, p, end);
        if (q >= 0) {
            setHost(b, p, q, scan);
            behindHost(b, q, end, scan);
            return;
        }
        int from = forwarded >= 0 ? forwarded : p;
        q = HostReader.beforeColon(b, from, end);
        if (q >= 0) {
            int next = Octets.skipBlanks(b, q + 1, end);
            if (forwarded >= 0 || (Octets.isAt(b, next, end, '%') && tag.read(b, next, end))) {
                setHost(b, from, q, scan);
                text(b, next, end, scan);
                return;
            }
        }
        scan.add(Reason.MISSING_HOSTNAME);
        boolean nil = Octets.isAt(b, p, end, '-') && Octets.blankOrEnd(b, p + 1, end);
        if (nil) {
            behindHost(b, p + 1, end, scan);
        } else {
            text(b, p, end, scan);
        }
    }

    /** A lone colon is skipped; blanks beyond the first are text where no tag follows them. */
    private void behindHost(byte[] b, int p, int end, MessageScan scan) {
        int q = Octets.skipBlanks(b, p, end);
        if (Octets.isAt(b, q, end, ':') && Octets.blankOrEnd(b, q + 1, end)) {
            text(b, Octets.skipBlanks(b, q + 1, end), end, scan);
        } else if (!tagged(b, q, end, scan)) {
            scan.text(Math.min(p + 1, end));
        }
    }

    private void text(byte[] b, int p, int end, MessageScan scan) {
        if (!tagged(b, p, end, scan)) {
            scan.text(p);
        }
    }

    private boolean tagged(byte[] b, int p, int end, MessageScan scan) {
        int from = p;
        if (!tag.read(b, p, end)) {
            from = SeverityWords.behind(b, p, end);
            if (from < 0 || !tag.read(b, from, end) || !tag.hasBrackets()) {
                return false;
            }
        }
        int name = tag.nameEnd() - from;
        if (name > HeaderField.MAX_APP_NAME) {
            scan.add(Reason.LONG_APP_NAME);
        }
        scan.appName(from, Math.min(name, HeaderField.MAX_APP_NAME));
        if (tag.pidLength() > HeaderField.MAX_PROCID) {
            scan.add(Reason.LONG_PROCID);
        }
        scan.procId(tag.pidStart(), Math.min(tag.pidLength(), HeaderField.MAX_PROCID));
        scan.text(tag.textStart());
        return true;
    }
}
