package io.sealpost.relay.forward;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a file upstream keeps with its cursor: up to where which files are known to hold what lies
 * before the cursor. Format: {@code docs/format/file-upstream-state.md}.
 *
 * @param layout how the messages in them are written
 * @param sequence the cursor's
 * @param files those that may hold messages from the cursor on
 * @param path the template that named them; empty in older states: that of the conf file
 */
record ArchiveState(Layout layout, long sequence, List<Part> files, String path) {
    /** Most files of a state, so that it fits into the cursor. */
    static final int MAX_FILES = 128;

    /** Longest path of a state, in octets. */
    static final int MAX_PATH = 900;

    /** The newest that this release reads, and the one it writes. */
    static final byte VERSION = 3;

    private static final int VERSION_AT = 0;
    private static final int FRAMING_AT = 1;
    private static final int FORMAT_AT = 2;
    private static final int SEQUENCE_AT = 3;
    private static final int COUNT_AT = 11;
    private static final int FILES_AT = 13;
    private static final int FILE_LENGTH = 24;

    /** Has one file, with its name. */
    private static final byte VERSION_OF_ONE_FILE = 2;

    /** Has no format either. */
    private static final byte VERSION_WITHOUT_FORMAT = 1;

    private static final long FNV_START = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /**
     * A file.
     *
     * @param name {@linkplain #hash hash} of its name
     * @param identity its inode
     * @param length octets of it that are accounted for; whatever lies behind was not confirmed
     */
    record Part(long name, long identity, long length) {}

    ArchiveState {
        files = List.copyOf(files);
        if (files.size() > MAX_FILES) {
            throw new IllegalArgumentException(files.size() + " files");
        }
    }

    /** Stands for a name: FNV-1a, 64 bits, over its UTF-8. */
    static long hash(String name) {
        long hash = FNV_START;
        for (byte octet : name.getBytes(UTF_8)) {
            hash = (hash ^ (octet & 0xff)) * FNV_PRIME;
        }
        return hash;
    }

    byte[] encode() {
        byte[] template = path.getBytes(UTF_8);
        ByteBuffer octets =
                ByteBuffer.allocate(FILES_AT + files.size() * FILE_LENGTH + template.length);
        octets.put(VERSION_AT, VERSION);
        octets.put(FRAMING_AT, (byte) (layout.framing() == Framing.LF ? 0 : 1));
        octets.put(FORMAT_AT, number(layout.format()));
        octets.putLong(SEQUENCE_AT, sequence);
        octets.putShort(COUNT_AT, (short) files.size());
        octets.position(FILES_AT);
        for (Part file : files) {
            octets.putLong(file.name()).putLong(file.identity()).putLong(file.length());
        }
        octets.put(template);
        return octets.array();
    }

    /** Of a state as it lies in the cursor; 0 where there is none. */
    static int version(byte[] state) {
        return state.length == 0 ? 0 : state[VERSION_AT];
    }

    /** Empty where there is no state, or one that this version does not know. */
    static Optional<ArchiveState> decode(byte[] state) {
        if (state.length < FILES_AT) {
            return Optional.empty();
        }
        return switch (state[VERSION_AT]) {
            case VERSION -> decodeFiles(state);
            case VERSION_OF_ONE_FILE ->
                    format(state[FORMAT_AT]).flatMap(format -> decodeOne(state, format, 3));
            case VERSION_WITHOUT_FORMAT -> decodeOne(state, Format.RFC5424, 2);
            default -> Optional.empty();
        };
    }

    private static Optional<ArchiveState> decodeFiles(byte[] state) {
        ByteBuffer octets = ByteBuffer.wrap(state);
        int count = octets.getShort(COUNT_AT);
        int end = FILES_AT + count * FILE_LENGTH;
        if (count < 0 || count > MAX_FILES || octets.limit() < end) {
            return Optional.empty();
        }
        List<Part> files = new ArrayList<>();
        octets.position(FILES_AT);
        for (int i = 0; i < count; i++) {
            files.add(new Part(octets.getLong(), octets.getLong(), octets.getLong()));
        }
        String path = new String(state, end, state.length - end, UTF_8);
        return format(octets.get(FORMAT_AT))
                .map(
                        format ->
                                new ArchiveState(
                                        new Layout(format, framing(octets)),
                                        octets.getLong(SEQUENCE_AT),
                                        files,
                                        path));
    }

    private static Optional<ArchiveState> decodeOne(byte[] state, Format format, int at) {
        int name = at + 24;
        if (state.length < name) {
            return Optional.empty();
        }
        ByteBuffer octets = ByteBuffer.wrap(state);
        Part file =
                new Part(
                        hash(new String(state, name, state.length - name, UTF_8)),
                        octets.getLong(at),
                        octets.getLong(at + 8));
        return Optional.of(
                new ArchiveState(
                        new Layout(format, framing(octets)),
                        octets.getLong(at + 16),
                        List.of(file),
                        ""));
    }

    private static Framing framing(ByteBuffer octets) {
        return octets.get(FRAMING_AT) == 0 ? Framing.LF : Framing.OCTET_COUNTING;
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
