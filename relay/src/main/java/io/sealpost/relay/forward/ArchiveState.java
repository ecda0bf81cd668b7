package io.sealpost.relay.forward;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What a file upstream keeps with its cursor: up to where which file is known to hold what lies
 * before the cursor. Format: {@code docs/format/file-upstream-state.md}.
 *
 * @param name path of the file below the template's root when it was opened
 * @param identity its inode
 * @param length octets of it that are accounted for; whatever lies behind was not confirmed
 * @param sequence the cursor's
 * @param framing how the messages in it are told apart
 */
record ArchiveState(String name, long identity, long length, long sequence, Framing framing) {
    private static final byte VERSION = 1;
    private static final int VERSION_AT = 0;
    private static final int FRAMING_AT = 1;
    private static final int IDENTITY_AT = 2;
    private static final int LENGTH_AT = 10;
    private static final int SEQUENCE_AT = 18;
    private static final int NAME_AT = 26;

    byte[] encode() {
        byte[] path = name.getBytes(UTF_8);
        ByteBuffer octets = ByteBuffer.allocate(NAME_AT + path.length);
        octets.put(VERSION_AT, VERSION);
        octets.put(FRAMING_AT, (byte) (framing == Framing.LF ? 0 : 1));
        octets.putLong(IDENTITY_AT, identity);
        octets.putLong(LENGTH_AT, length);
        octets.putLong(SEQUENCE_AT, sequence);
        octets.put(NAME_AT, path);
        return octets.array();
    }

    /** Empty where there is no state, or one that this version does not know. */
    static Optional<ArchiveState> decode(byte[] state) {
        if (state.length < NAME_AT || state[VERSION_AT] != VERSION) {
            return Optional.empty();
        }
        ByteBuffer octets = ByteBuffer.wrap(state);
        return Optional.of(
                new ArchiveState(
                        new String(state, NAME_AT, state.length - NAME_AT, UTF_8),
                        octets.getLong(IDENTITY_AT),
                        octets.getLong(LENGTH_AT),
                        octets.getLong(SEQUENCE_AT),
                        octets.get(FRAMING_AT) == 0 ? Framing.LF : Framing.OCTET_COUNTING));
    }
}
