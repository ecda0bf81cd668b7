package io.sealpost.protocol.relp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sealpost.protocol.frame.Utf8;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The side of a RELP session that receives messages and acknowledges them. Confined to whoever
 * reads the connection; also {@link #acknowledge} is called there.
 *
 * <p>The caller keeps the octets. It calls {@link #next} until that answers anything but {@link
 * Step#MESSAGE}, each time from {@link #consumedTo()} on; the octets from there to the end are the
 * unfinished rest, which it hands in again with what follows them. That rest never exceeds {@link
 * #maxRest()}. After each round it writes the replies, and when all is {@link #ended()} it closes
 * the connection.
 *
 * <p>A message given is not yet acknowledged: the caller says so by {@link #acknowledge} once it is
 * durable.
 */
public final class RelpServerSession {
    /* Order of the replies.
     *
     * Client commands are numbered without a gap, and behind open there are only messages until the
     * session ends. The TXNR of a message is therefore known from its place alone, and counters are
     * all that is kept of messages without a reply.
     *
     * What ends a session, be it close or an error, is answered behind all messages before it. Its
     * replies are made at once and held in lastReplies until those are acknowledged.
     *
     * The first octets of a frame that is too long are given before the frame has come to its end.
     * Its acknowledgement waits for that end, however early the message is durable; if the end never
     * comes, there is no frame to acknowledge.
     */

    /** What {@link RelpServerSession#next} found. */
    public enum Step {
        /** A message: see messageOffset(), messageLength(), truncated(). An empty one, too. */
        MESSAGE,
        /** No further message in these octets. */
        NEED_MORE,
        /** Nothing more is taken from this peer: see ending(). */
        ENDED
    }

    /** Why a session ended. */
    public enum Ending {
        /** The peer closed it. */
        CLOSED("closed"),
        /** We shut down. */
        SHUT_DOWN("shutdown"),
        /** What came is no frame. */
        MALFORMED("relp-malformed"),
        /** A frame had another TXNR than the next. */
        TXNR("relp-txnr"),
        /** A command that RELP does not have. */
        COMMAND("relp-command"),
        /** A command that may not come here. */
        STATE("relp-state"),
        /** An open with offers that cannot be served. */
        OFFERS("relp-offers");

        private final String label;

        Ending(String label) {
            this.label = label;
        }

        /** The stable name in metrics. */
        public String label() {
            return label;
        }
    }

    private enum State {
        /** Before the first frame. */
        NEW,
        /** Behind a good open. */
        OPEN,
        /** No more input; the last replies wait for acknowledgements. */
        ENDING,
        /** All replies are there. */
        ENDED
    }

    private static final int FIRST_TXNR = 1;

    /** DATA up to this length is taken whole, also where messages have to be shorter. */
    private static final int MIN_MAX_DATA = 128 * 1024;

    /** Octets of CR LF. */
    private static final int MAX_TRAILER = 2;

    private static final byte[] GOOD = " rsp 6 200 OK\n".getBytes(ISO_8859_1);
    private static final String SERVERCLOSE = "0 serverclose 0\n";

    private final Predicate<RelpStream> streams;
    private final int maxMessage;
    private final String software;
    private final RelpFramer framer;
    private final RelpOutput replies = new RelpOutput();

    private State state = State.NEW;

    /** The TXNR the next frame has to have. */
    private int nextTxnr;

    /** The TXNR of the oldest message without a reply. */
    private int nextReplyTxnr;

    private boolean opened;
    private long given;
    private long durable;
    private long replied;

    private String lastReplies = "";
    private @Nullable Ending ending;
    private String endingText = "";
    private String peerSoftware = "";

    private Optional<RelpStream> stream = Optional.empty();

    private int messageOffset;
    private int messageLength;
    private boolean truncated;
    private int consumedTo;

    /**
     * A session at the start of a connection.
     *
     * @param maxMessage octets of the longest message
     * @param software name, version and address of this software, with commas between them
     */
    public RelpServerSession(int maxMessage, String software) {
        this(maxMessage, software, _ -> false);
    }

    /**
     * The same, which accepts numbered streams.
     *
     * @param streams whether this one is accepted from the peer
     */
    public RelpServerSession(int maxMessage, String software, Predicate<RelpStream> streams) {
        this(maxMessage, software, FIRST_TXNR, streams);
    }

    /** A session that expects {@code open} with the given TXNR. */
    RelpServerSession(int maxMessage, String software, int firstTxnr) {
        this(maxMessage, software, firstTxnr, _ -> false);
    }

    private RelpServerSession(
            int maxMessage, String software, int firstTxnr, Predicate<RelpStream> streams) {
        this.streams = streams;
        this.maxMessage = maxMessage;
        this.software = RelpOffers.checkSoftware(software);
        framer = new RelpFramer(maxData(maxMessage));
        nextTxnr = firstTxnr;
        nextReplyTxnr = RelpFramer.following(firstTxnr);
    }

    private static int maxData(int maxMessage) {
        return Math.clamp((long) maxMessage + MAX_TRAILER, MIN_MAX_DATA, RelpFramer.MAX_NUMBER);
    }

    /** Looks for the next message in {@code b[from, end)}. */
    public Step next(byte[] b, int from, int end) {
        consumedTo = from;
        while (state == State.NEW || state == State.OPEN) {
            RelpFramer.Result result = framer.next(b, consumedTo, end);
            consumedTo = framer.consumedTo();
            reply();
            if (result == RelpFramer.Result.NEED_MORE) {
                return Step.NEED_MORE;
            }
            if (result == RelpFramer.Result.MALFORMED) {
                end(Ending.MALFORMED, framer.reason() + "; TXNR due " + nextTxnr, SERVERCLOSE);
            } else if (take(b)) {
                return Step.MESSAGE;
            }
        }
        consumedTo = end;
        return Step.ENDED;
    }

    /** Where the octets begin that are still needed. */
    public int consumedTo() {
        return consumedTo;
    }

    /** The most octets the caller has to keep. */
    public int maxRest() {
        return framer.maxRest();
    }

    /** Where the message found begins. */
    public int messageOffset() {
        return messageOffset;
    }

    /** Octets of the message found, without a LF, CR LF or NUL at its end. */
    public int messageLength() {
        return messageLength;
    }

    /** Whether the message found is longer than the maximum, and cut there. */
    public boolean truncated() {
        return truncated;
    }

    /**
     * The oldest {@code count} unacknowledged messages are durable: their acknowledgements are
     * among the replies now.
     *
     * @throws IllegalArgumentException if there are not so many
     */
    public void acknowledge(long count) {
        if (count < 0 || count > unacknowledged()) {
            throw new IllegalArgumentException(count + " of " + unacknowledged());
        }
        durable += count;
        reply();
        finish();
    }

    /** Messages given that {@link #acknowledge} has not been called for. */
    public long unacknowledged() {
        return given - durable;
    }

    /** Messages whose acknowledgements are or were among the replies. */
    public long replied() {
        return replied;
    }

    /** Whether there was a good open, also when the session has ended since. */
    public boolean opened() {
        return opened;
    }

    /** No more input is taken; the session ends when all messages given are acknowledged. */
    public void shutDown() {
        if (state == State.NEW || state == State.OPEN) {
            end(Ending.SHUT_DOWN, "shutdown", SERVERCLOSE);
        }
    }

    /** What is to be written to the peer: the first {@link #repliesLength()} octets. */
    public byte[] replies() {
        return replies.octets();
    }

    /** Octets to be written. */
    public int repliesLength() {
        return replies.length();
    }

    /** The replies have been written. */
    public void repliesTaken() {
        replies.taken();
    }

    /** Whether there will be no further replies: once they are written, the connection closes. */
    public boolean ended() {
        return state == State.ENDED;
    }

    /** Why nothing more is taken; empty as long as it is. */
    public Optional<Ending> ending() {
        return Optional.ofNullable(ending);
    }

    /** The same in words, for the log; printable. */
    public String endingText() {
        return endingText;
    }

    /** What the peer says it is: printable, at most 255 characters, empty if it does not say. */
    public String peerSoftware() {
        return peerSoftware;
    }

    /** The numbered stream that the messages belong to, if one was offered and accepted. */
    public Optional<RelpStream> stream() {
        return stream;
    }

    /** Takes the frame found; true if it is a message. */
    private boolean take(byte[] b) {
        int txnr = framer.txnr();
        if (txnr != nextTxnr) {
            end(Ending.TXNR, "TXNR " + txnr + " came, due was " + nextTxnr, SERVERCLOSE);
            return false;
        }
        nextTxnr = RelpFramer.following(txnr);
        boolean message = framer.command() == RelpFramer.Command.SYSLOG && state == State.OPEN;
        if (message) {
            give(b);
        } else {
            control(b);
        }
        return message;
    }

    private void give(byte[] b) {
        int offset = framer.dataOffset();
        int length = framer.dataLength();
        if (!framer.truncated()) {
            length -= trailer(b, offset, length);
        }
        truncated = length > maxMessage;
        messageOffset = offset;
        messageLength = truncated ? Utf8.cut(b, offset, maxMessage) : length;
        given++;
    }

    private static int trailer(byte[] b, int offset, int length) {
        int last = offset + length - 1;
        if (length == 0 || (b[last] != '\n' && b[last] != 0)) {
            return 0;
        }
        return b[last] == '\n' && length > 1 && b[last - 1] == '\r' ? 2 : 1;
    }

    private void control(byte[] b) {
        String name = framer.commandName();
        switch (framer.command()) {
            case OPEN -> {
                if (state == State.NEW) {
                    open(b);
                } else {
                    refuse(Ending.STATE, "a second open");
                }
            }
            case CLOSE -> {
                if (state == State.OPEN) {
                    end(Ending.CLOSED, "closed", rsp("200 OK") + SERVERCLOSE);
                } else {
                    refuse(Ending.STATE, "close before open");
                }
            }
            case SYSLOG -> refuse(Ending.STATE, "syslog before open");
            case RSP, SERVERCLOSE -> refuse(Ending.STATE, name + " is not for a server");
            case UNKNOWN -> end(Ending.COMMAND, "unknown command " + name, SERVERCLOSE);
        }
    }

    private void open(byte[] b) {
        int offset = framer.dataOffset();
        if (framer.truncated()) {
            refuse(Ending.OFFERS, "offers of too many octets");
            return;
        }
        switch (RelpOffers.read(b, offset, offset + framer.dataLength())) {
            case RelpOffers.Malformed(String reason) -> refuse(Ending.OFFERS, reason);
            case RelpOffers.WellFormed offers -> {
                peerSoftware = offers.software();
                if (offers.syslog()) {
                    stream = offers.stream().filter(streams);
                    String ours = RelpOffers.ours(offers.version(), software, stream);
                    replies.append(rsp("200 OK\n" + ours));
                    state = State.OPEN;
                    opened = true;
                } else {
                    refuse(Ending.OFFERS, "no common command: syslog is not offered");
                }
            }
        }
    }

    private void refuse(Ending why, String text) {
        end(why, text, rsp("500 " + text) + SERVERCLOSE);
    }

    /** The answer to the frame found. */
    private String rsp(String data) {
        return framer.txnr() + " rsp " + data.length() + " " + data + "\n";
    }

    private void end(Ending why, String text, String last) {
        ending = why;
        endingText = text;
        lastReplies = last;
        state = State.ENDING;
        finish();
    }

    private void finish() {
        if (state == State.ENDING && durable == given) {
            replies.append(lastReplies);
            state = State.ENDED;
        }
    }

    /** Acknowledges what is durable and has come to its end. */
    private void reply() {
        long ready = Math.min(durable, framer.unfinished() ? given - 1 : given);
        while (replied < ready) {
            replies.append(nextReplyTxnr).append(GOOD);
            nextReplyTxnr = RelpFramer.following(nextReplyTxnr);
            replied++;
        }
    }
}
