package io.sealpost.protocol.relp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Optional;

/**
 * The side of a RELP session that sends messages and is told which of them the peer has. Confined
 * to one thread at a time.
 *
 * <p>Messages are counted from the session's first, which is 0. The caller writes {@link #open()}'s
 * output, waits for {@link #ready()}, and then writes for each message the octets of {@link
 * #begin}, the message and a LF, as long as there is {@link #roomInWindow()}. What comes from the
 * peer it hands to {@link #next}, as with {@link RelpServerSession#next}; the rest it has to keep
 * never exceeds {@link #maxRest()}.
 */
public final class RelpClientSession {
    /* The window.
     *
     * It spans the messages from acknowledged() to sent, at most windowFrames, so that a bit for each
     * of them in a ring of that many bits is enough. There are two: answered, by any rsp, which tells
     * a second rsp from the first; and settled, over which acknowledged() moves on.
     *
     * A message refused with 500 is answered and not settled: acknowledged() stops before it, so that
     * a caller that looks at nothing else sends it again and loses nothing. Its neighbours behind it
     * can be told by isAcknowledged(), and setAside() lets the window move on.
     *
     * A server may answer in any order. An answer to close that overtakes those to messages ends the
     * session only when these are there, too.
     */

    /** What {@link RelpClientSession#next} found. */
    public enum Step {
        /** Nothing further in these octets. */
        NEED_MORE,
        /** A message is acknowledged. */
        ACKED,
        /** A message is refused: see refused() and problem(). */
        REFUSED,
        /** The peer ends the session. */
        SERVERCLOSE,
        /** Our close is answered. */
        CLOSED,
        /** The session cannot go on: see problem(). */
        FAILED
    }

    private enum State {
        /** Nothing is sent. */
        NEW,
        /** Open is sent. */
        OPENING,
        /** Open is answered as it should be. */
        READY,
        /** Over: see last. */
        ENDED
    }

    /** The most octets that {@link #begin} writes. */
    public static final int MAX_HEADER = 9 + " syslog ".length() + 9 + 1;

    private static final int FIRST_TXNR = 1;

    /** Octets of DATA in the longest rsp. */
    private static final int MAX_RSP = 16 * 1024;

    /** Octets of the code in a rsp, and the blank behind it. */
    private static final int CODE = 4;

    /** Characters of a peer's text that are kept. */
    private static final int MAX_TEXT = 80;

    private static final int GOOD = 200;
    private static final int ERROR = 500;
    private static final int NO_CODE = -1;

    private static final int MAX_WINDOW = 1 << 20;

    private static final byte[] SYSLOG = " syslog ".getBytes(ISO_8859_1);

    private final String software;
    private final int windowFrames;
    private final int firstTxnr;
    private final RelpFramer framer = new RelpFramer(MAX_RSP);
    private final RelpOutput output = new RelpOutput();
    private final BitRing answered;
    private final BitRing settled;

    private State state = State.NEW;

    /** What ended the session. */
    private Step last = Step.NEED_MORE;

    private long sent;
    private long acknowledged;
    private long unanswered;

    private Optional<RelpStream> offered = Optional.empty();
    private boolean numbered;
    private boolean opened;
    private boolean closing;
    private boolean closeAnswered;

    private long refused;
    private String problem = "";
    private String peerSoftware = "";
    private int consumedTo;

    /**
     * A session at the start of a connection.
     *
     * @param software name, version and address of this software, with commas between them
     * @param windowFrames messages that may be sent before the oldest is acknowledged
     */
    public RelpClientSession(String software, int windowFrames) {
        this(software, windowFrames, FIRST_TXNR);
    }

    /** A session whose {@code open} has the given TXNR. */
    RelpClientSession(String software, int windowFrames, int firstTxnr) {
        this.software = RelpOffers.checkSoftware(software);
        if (windowFrames < 1 || windowFrames > MAX_WINDOW) {
            throw new IllegalArgumentException("window of " + windowFrames + " frames");
        }
        this.windowFrames = windowFrames;
        this.firstTxnr = firstTxnr;
        answered = new BitRing(windowFrames);
        settled = new BitRing(windowFrames);
    }

    /**
     * Puts the open frame into the output.
     *
     * @throws IllegalStateException if that was done before
     */
    public void open() {
        open(Optional.empty());
    }

    /** The same, and offers that the messages are those of a numbered stream. */
    public void open(Optional<RelpStream> stream) {
        if (state != State.NEW) {
            throw new IllegalStateException("opened before");
        }
        String offers = RelpOffers.ours(0, software, stream);
        offered = stream;
        output.append(firstTxnr).append(" open " + offers.length() + " " + offers + "\n");
        state = State.OPENING;
    }

    /** Whether messages may be sent, as far as there is room in the window. */
    public boolean ready() {
        return state == State.READY && !closing;
    }

    /** Messages that may still be sent before others have to be acknowledged. */
    public int roomInWindow() {
        return ready() && !exhausted() ? (int) (acknowledged + windowFrames - sent) : 0;
    }

    /** Whether no number is left for a message: the session is to be closed, and another opened. */
    public boolean exhausted() {
        return nextTxnr() >= RelpFramer.MAX_NUMBER;
    }

    /**
     * Writes what stands before the next message. The message follows, if it is not empty, and a
     * LF.
     *
     * @param messageLength octets of the message
     * @param out where at least {@link #MAX_HEADER} octets are free
     * @return octets written
     * @throws IllegalStateException if there is no room in the window
     */
    public int begin(int messageLength, byte[] out, int at) {
        if (roomInWindow() == 0) {
            throw new IllegalStateException("no room in the window");
        }
        if (messageLength < 0 || messageLength > RelpFramer.MAX_NUMBER) {
            throw new IllegalArgumentException("message of " + messageLength + " octets");
        }
        int to = at + RelpOutput.decimal(nextTxnr(), out, at);
        System.arraycopy(SYSLOG, 0, out, to, SYSLOG.length);
        to += SYSLOG.length;
        to += RelpOutput.decimal(messageLength, out, to);
        if (messageLength > 0) {
            out[to++] = ' ';
        }
        answered.clear(sent);
        settled.clear(sent);
        sent++;
        unanswered++;
        return to - at;
    }

    /** Puts the close frame into the output, once; no message may be sent any more. */
    public void close() {
        boolean open = state == State.OPENING || state == State.READY;
        if (open && !closing) {
            closing = true;
            output.append(nextTxnr()).append(" close 0\n");
        }
    }

    /**
     * Looks for the next answer in {@code b[from, end)}. What ends the session, from {@link
     * Step#SERVERCLOSE} on, is answered ever after.
     */
    public Step next(byte[] b, int from, int end) {
        consumedTo = from;
        while (state != State.ENDED) {
            if (closeAnswered && unanswered == 0) {
                end(Step.CLOSED);
                break;
            }
            RelpFramer.Result result = framer.next(b, consumedTo, end);
            consumedTo = framer.consumedTo();
            if (result == RelpFramer.Result.NEED_MORE) {
                return Step.NEED_MORE;
            }
            Step step = result == RelpFramer.Result.FRAME ? take(b) : fail(framer.reason());
            if (state != State.ENDED && step != Step.NEED_MORE) {
                return step;
            }
        }
        consumedTo = end;
        return last;
    }

    /** Where the octets begin that are still needed. */
    public int consumedTo() {
        return consumedTo;
    }

    /** The most octets the caller has to keep. */
    public int maxRest() {
        return framer.maxRest();
    }

    /** What is to be written to the peer: the first {@link #outputLength()} octets. */
    public byte[] output() {
        return output.octets();
    }

    /** Octets to be written. */
    public int outputLength() {
        return output.length();
    }

    /** The output has been written. */
    public void outputTaken() {
        output.taken();
    }

    /** Whether open was answered as it should be, also when the session has ended since. */
    public boolean opened() {
        return opened;
    }

    /** Whether the peer counts the messages as those of the stream offered. */
    public boolean numbered() {
        return numbered;
    }

    /** Messages begun. */
    public long sent() {
        return sent;
    }

    /** So many messages, from the first on and without a gap, are acknowledged or set aside. */
    public long acknowledged() {
        return acknowledged;
    }

    /** Messages that have had no answer of any kind. */
    public long unanswered() {
        return unanswered;
    }

    /** Whether a message, counted from 0, is acknowledged or set aside, also behind a gap. */
    public boolean isSettled(long message) {
        return message < acknowledged || (message < sent && settled.get(message));
    }

    /** The message refused last, counted from 0. */
    public long refused() {
        return refused;
    }

    /**
     * A refused message is in other hands, and {@link #acknowledged()} may move on over it.
     *
     * @throws IllegalArgumentException if it is not a refused one, or set aside before
     */
    public void setAside(long message) {
        boolean inWindow = message >= acknowledged && message < sent;
        if (!inWindow || !answered.get(message) || settled.get(message)) {
            throw new IllegalArgumentException("not refused: " + message);
        }
        settle(message);
    }

    /** What the peer said when it refused, or why the session failed; printable, short. */
    public String problem() {
        return problem;
    }

    /** What the peer says it is: printable, at most 255 characters, empty if it does not say. */
    public String peerSoftware() {
        return peerSoftware;
    }

    private int nextTxnr() {
        return (int) (firstTxnr + 1 + sent);
    }

    private Step take(byte[] b) {
        return switch (framer.command()) {
            case RSP -> rsp(b);
            case SERVERCLOSE -> end(closing ? Step.CLOSED : Step.SERVERCLOSE);
            case OPEN, SYSLOG, CLOSE, UNKNOWN ->
                    fail("the peer sent the command " + framer.commandName());
        };
    }

    private Step rsp(byte[] b) {
        int txnr = framer.txnr();
        long message = (long) txnr - firstTxnr - 1;
        if (framer.truncated()) {
            return fail("a rsp of too many octets");
        }
        if (message == -1 && state != State.NEW) {
            return opened ? secondRsp() : rspToOpen(b);
        }
        if (closing && message == sent) {
            return closeAnswered ? secondRsp() : rspToClose(b);
        }
        if (message < 0 || message >= sent) {
            return fail("a rsp for TXNR " + txnr + ", which was not sent");
        }
        if (message < acknowledged || answered.get(message)) {
            return secondRsp();
        }
        return rspToMessage(b, message);
    }

    private Step secondRsp() {
        return fail("a second rsp for TXNR " + framer.txnr());
    }

    private Step rspToOpen(byte[] b) {
        int code = code(b);
        if (code != GOOD) {
            return code == ERROR ? fail("open refused: " + text(b)) : badCode(b);
        }
        int end = framer.dataOffset() + framer.dataLength();
        return switch (RelpOffers.read(b, endOfText(b), end)) {
            case RelpOffers.Malformed(String reason) -> fail("answer to open: " + reason);
            case RelpOffers.WellFormed found -> opened(found);
        };
    }

    private Step opened(RelpOffers.WellFormed offers) {
        peerSoftware = offers.software();
        if (offers.version() != 0) {
            return fail("the peer wants relp_version 1, offered was 0");
        }
        if (!offers.syslog()) {
            return fail(
                    offers.commands()
                            ? "the peer does not offer syslog"
                            : "the peer offers no commands");
        }
        opened = true;
        numbered = offered.isPresent() && offers.stream().equals(offered);
        state = State.READY;
        return Step.NEED_MORE;
    }

    /** Also an empty answer is one: librelp gives it. */
    private Step rspToClose(byte[] b) {
        if (framer.dataLength() > 0 && code(b) == NO_CODE) {
            return badCode(b);
        }
        closeAnswered = true;
        return Step.NEED_MORE;
    }

    private Step rspToMessage(byte[] b, long message) {
        int code = code(b);
        if (code != GOOD && code != ERROR) {
            return badCode(b);
        }
        answered.set(message);
        unanswered--;
        if (code == GOOD) {
            settle(message);
            return Step.ACKED;
        }
        refused = message;
        problem = text(b);
        return Step.REFUSED;
    }

    private Step badCode(byte[] b) {
        return fail("a rsp without code 200 or 500: " + text(b));
    }

    private void settle(long message) {
        settled.set(message);
        while (acknowledged < sent && settled.get(acknowledged)) {
            acknowledged++;
        }
    }

    /** The code of a rsp: three digits and a blank. */
    private int code(byte[] b) {
        int at = framer.dataOffset();
        if (framer.dataLength() < CODE || b[at + CODE - 1] != ' ') {
            return NO_CODE;
        }
        int code = 0;
        for (int i = at; i < at + CODE - 1; i++) {
            int digit = b[i] - '0';
            if (digit < 0 || digit > 9) {
                return NO_CODE;
            }
            code = code * 10 + digit;
        }
        return code;
    }

    private int endOfText(byte[] b) {
        int end = framer.dataOffset() + framer.dataLength();
        int at = framer.dataOffset();
        while (at < end && b[at] != '\n') {
            at++;
        }
        return at;
    }

    /** The first line of a rsp, with its code. */
    private String text(byte[] b) {
        int from = framer.dataOffset();
        int length = Math.min(endOfText(b) - from, CODE + MAX_TEXT);
        return RelpOffers.printable(new String(b, from, length, ISO_8859_1));
    }

    private Step fail(String why) {
        problem = why;
        return end(Step.FAILED);
    }

    private Step end(Step how) {
        last = how;
        state = State.ENDED;
        return how;
    }
}
