package io.sealpost.protocol.relp;

import java.nio.charset.StandardCharsets;

/**
 * Finds the frames in the octets one side of a RELP session has sent: {@code TXNR SP COMMAND SP
 * DATALEN [SP DATA] LF}. Confined to whoever reads the connection.
 *
 * <p>The caller keeps the octets. It calls {@link #next} until that answers anything but {@link
 * Result#FRAME}, each time from {@link #consumedTo()} on; the octets from there to the end are the
 * unfinished rest, which it hands in again with what follows them. That rest never exceeds {@link
 * #maxRest()}. DATA is not looked at, however long it is and however the stream is cut.
 */
final class RelpFramer {
    /* DATA above the maximum.
     *
     * Its first octets are given as soon as they are there, as a truncated frame, since the caller
     * should not have to keep them while the others are skipped. Until the LF behind the DATA has
     * been seen, such a frame is unfinished() and not to be answered; if no LF is there, the stream
     * is malformed behind a frame that was already given.
     */

    /** What {@link RelpFramer#next} found. */
    enum Result {
        /** A frame: see txnr(), command(), dataOffset(), dataLength(), truncated(). */
        FRAME,
        /** No further frame in these octets. */
        NEED_MORE,
        /** What follows is no frame: see reason(). Nothing is found any more. */
        MALFORMED
    }

    /** The command of a frame. */
    enum Command {
        SYSLOG("syslog"),
        RSP("rsp"),
        OPEN("open"),
        CLOSE("close"),
        SERVERCLOSE("serverclose"),
        /** Any other well-formed name. */
        UNKNOWN("");

        private static final Command[] ALL = values();

        private final String wireName;

        Command(String wireName) {
            this.wireName = wireName;
        }

        private static Command of(byte[] b, int from, int end) {
            for (Command command : ALL) {
                if (command.isNamed(b, from, end)) {
                    return command;
                }
            }
            return UNKNOWN;
        }

        private boolean isNamed(byte[] b, int from, int end) {
            int length = end - from;
            if (length != wireName.length()) {
                return false;
            }
            for (int i = 0; i < length; i++) {
                if (b[from + i] != wireName.charAt(i)) {
                    return false;
                }
            }
            return true;
        }
    }

    private enum State {
        /** Between frames, or inside a header. */
        HEADER,
        /** Behind a header. */
        DATA,
        /** Behind the kept part of DATA above the maximum. */
        SKIP,
        /** Behind what is no frame. */
        BROKEN
    }

    /** The greatest TXNR, and the greatest DATALEN. */
    static final int MAX_NUMBER = 999_999_999;

    private static final int MAX_DIGITS = 9;
    private static final int MAX_COMMAND = 32;

    /** TXNR, command and DATALEN, whole but for the blank behind them. */
    private static final int MAX_HEADER_REST = MAX_DIGITS + 1 + MAX_COMMAND + 1 + MAX_DIGITS;

    private final int maxData;

    private State state = State.HEADER;

    /** Where the header is read. */
    private int at;

    /** The number read last. */
    private int number;

    /** Octets of DATA in the frame begun that are still to come. */
    private int awaited;

    private int txnr;
    private Command command = Command.UNKNOWN;
    private String unknownName = "";
    private int dataOffset;
    private int dataLength;
    private boolean truncated;
    private boolean unfinished;
    private String reason = "";
    private int consumedTo;

    /**
     * A framer at the start of a connection.
     *
     * @param maxData octets of DATA that are given at most
     */
    RelpFramer(int maxData) {
        this.maxData = maxData;
    }

    /** The TXNR behind {@code txnr}. */
    static int following(int txnr) {
        return txnr == MAX_NUMBER ? 1 : txnr + 1;
    }

    /** Looks for the next frame in {@code b[from, end)}. */
    Result next(byte[] b, int from, int end) {
        consumedTo = from;
        if (state == State.SKIP) {
            skip(b, end);
        }
        if (state == State.HEADER && header(b, end)) {
            consumedTo = at;
            state = State.DATA;
        }
        return switch (state) {
            case DATA -> data(b, end);
            case BROKEN -> Result.MALFORMED;
            case HEADER, SKIP -> Result.NEED_MORE;
        };
    }

    /** The number of the frame found, 0 to {@link #MAX_NUMBER}. */
    int txnr() {
        return txnr;
    }

    /** The command of the frame found. */
    Command command() {
        return command;
    }

    /** The name of the command of the frame found, known or not. */
    String commandName() {
        return command == Command.UNKNOWN ? unknownName : command.wireName;
    }

    /** Where the DATA of the frame found begins. */
    int dataOffset() {
        return dataOffset;
    }

    /** Octets of DATA given. */
    int dataLength() {
        return dataLength;
    }

    /** Whether the frame found has more DATA than is given. */
    boolean truncated() {
        return truncated;
    }

    /** Whether the end of the frame given last has not been seen. */
    boolean unfinished() {
        return unfinished;
    }

    /** Why the stream is malformed. */
    String reason() {
        return reason;
    }

    /** Where the octets begin that are still needed. */
    int consumedTo() {
        return consumedTo;
    }

    /** The most octets the caller has to keep. */
    int maxRest() {
        return Math.max(MAX_HEADER_REST, maxData);
    }

    /** Reads a header up to the DATA or the LF; false if it is not there whole, or malformed. */
    private boolean header(byte[] b, int end) {
        at = consumedTo;
        if (!number(b, end, "TXNR is not 1 to 9 digits") || !blank(b, "no blank behind TXNR")) {
            return false;
        }
        txnr = number;
        if (!commandName(b, end) || !blank(b, "command is not 1 to 32 letters")) {
            return false;
        }
        if (!number(b, end, "DATALEN is not 1 to 9 digits")) {
            return false;
        }
        awaited = number;
        return number == 0 || blank(b, "no blank behind DATALEN");
    }

    /** Reads digits; true if they are a number that an octet follows. */
    private boolean number(byte[] b, int end, String problem) {
        int first = at;
        number = 0;
        while (at < end && at - first < MAX_DIGITS && isDigit(b[at])) {
            number = number * 10 + (b[at] - '0');
            at++;
        }
        if (at == end) {
            return false;
        }
        return (at > first && !isDigit(b[at])) || broken(problem);
    }

    /** Reads letters; true if they are a name that an octet follows. */
    private boolean commandName(byte[] b, int end) {
        int first = at;
        while (at < end && at - first < MAX_COMMAND && isLetter(b[at])) {
            at++;
        }
        if (at == end) {
            return false;
        }
        command = Command.of(b, first, at);
        if (command == Command.UNKNOWN) {
            unknownName = new String(b, first, at - first, StandardCharsets.US_ASCII);
        }
        return at > first || broken("command is not 1 to 32 letters");
    }

    private boolean blank(byte[] b, String problem) {
        return b[at++] == ' ' || broken(problem);
    }

    private boolean broken(String problem) {
        reason = problem;
        state = State.BROKEN;
        return false;
    }

    private Result data(byte[] b, int end) {
        int available = end - consumedTo;
        if (awaited > maxData) {
            if (available < maxData) {
                return Result.NEED_MORE;
            }
            give(maxData);
            unfinished = true;
            state = State.SKIP;
            return Result.FRAME;
        }
        if (available <= awaited) {
            return Result.NEED_MORE;
        }
        give(awaited);
        return trailer(b) ? Result.FRAME : Result.MALFORMED;
    }

    private void give(int length) {
        dataOffset = consumedTo;
        dataLength = length;
        truncated = awaited > length;
        awaited -= length;
        consumedTo += length;
    }

    private void skip(byte[] b, int end) {
        int skipped = Math.min(awaited, end - consumedTo);
        awaited -= skipped;
        consumedTo += skipped;
        if (consumedTo < end && trailer(b)) {
            unfinished = false;
        }
    }

    private boolean trailer(byte[] b) {
        if (b[consumedTo] != '\n') {
            return broken("no LF where the frame has to end");
        }
        consumedTo++;
        state = State.HEADER;
        return true;
    }

    private static boolean isDigit(byte octet) {
        return octet >= '0' && octet <= '9';
    }

    private static boolean isLetter(byte octet) {
        int lower = octet | 0x20;
        return lower >= 'a' && lower <= 'z';
    }
}
