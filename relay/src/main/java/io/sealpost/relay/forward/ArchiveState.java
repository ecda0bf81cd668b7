package io.sealpost.relay.forward;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a file upstream keeps with its cursor: up to where which file is known to hold what lies
 * before the cursor. Format: {@code docs/format/file-upstream-state.md}.
 *
 * @param name path of the file below the template's root when it was opened
 * @param identity its inode
 * @param length octets of it that are accounted for; whatever lies behind was not confirmed
 * @param sequence the cursor's
 * @param layout how the messages in it are written
 */
record ArchiveState(String name, long identity, long length, long sequence, Layout layout) {
    private static final byte VERSION = 2;
    private static final int VERSION_AT = 0;
    private static final int FRAMING_AT = 1;
    private static final int FORMAT_AT = 2;
    private static final int IDENTITY_AT = 3;
    private static final int LENGTH_AT = 11;
    private static final int SEQUENCE_AT = 19;
    private static final int NAME_AT = 27;

    /** Has no format; what follows that lies an octet earlier. */
    private static final byte VERSION_WITHOUT_FORMAT = 1;

    byte[] encode() {
        byte[] path = name.getBytes(UTF_8);
        ByteBuffer octets = ByteBuffer.allocate(NAME_AT + path.length);
        octets.put(VERSION_AT, VERSION);
        octets.put(FRAMING_AT, (byte) (layout.framing() == Framing.LF ? 0 : 1));
        octets.put(FORMAT_AT, number(layout.format()));
        octets.putLong(IDENTITY_AT, identity);
        octets.putLong(LENGTH_AT, length);
        octets.putLong(SEQUENCE_AT, sequence);
        octets.put(NAME_AT, path);
        return octets.array();
    }

    /** Empty where there is no state, or one that this version does not know. */
    static Optional<ArchiveState> decode(byte[] state) {
        boolean old = state.length > 0 && state[VERSION_AT] == VERSION_WITHOUT_FORMAT;
        int earlier = old ? 1 : 0;
        if (state.length < NAME_AT - earlier || (!old && state[VERSION_AT] != VERSION)) {
            return Optional.empty();
        }
        return format(old ? number(Format.RFC5424) : state[FORMAT_AT])
                .map(format -> decode(state, format, earlier));
    }

    private static ArchiveState decode(byte[] state, Format format, int earlier) {
        ByteBuffer octets = ByteBuffer.wrap(state);
        Framing framing = octets.get(FRAMING_AT) == 0 ? Framing.LF : Framing.OCTET_COUNTING;
        int name = NAME_AT - earlier;
        return new ArchiveState(
                new String(state, name, state.length - name, UTF_8),
                octets.getLong(IDENTITY_AT - earlier),
                octets.getLong(LENGTH_AT - earlier),
                octets.getLong(SEQUENCE_AT - earlier),
                new Layout(format, framing));
    }

    private static byte number(Format format) {
        return switch (format) {
            case RFC5424 -> 0;
            case RFC3164 -> 1;
            case JSON -> 2;
            case ORIGINAL -> 3;
        };
    }

    private static Optional<Format> format(byte number) {
        return Arrays.stream(Format.values())
                .filter(format -> number(format) == number)
                .findFirst();
    }
}
