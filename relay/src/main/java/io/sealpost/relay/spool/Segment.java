package io.sealpost.relay.spool;

import java.util.Locale;

/** One segment file of the log. Its ends are written by the spool writer, read by all. */
final class Segment {
    static final String FOLDER = "spool";
    static final String SUFFIX = ".seg";
    static final String TEMPORARY = ".tmp";

    final SegmentHeader header;
    final String path;

    /** Not written by this process: every batch is checked before it is handed out. */
    final boolean foreign;

    /** Octets of the file; volatile because readers of all queues ask for it. */
    volatile long bytes;

    /** Sequence behind its last message; Long.MAX_VALUE while it is written to. */
    volatile long end = Long.MAX_VALUE;

    Segment(SegmentHeader header, boolean foreign, long bytes) {
        this.header = header;
        this.path = path(header.firstSequence());
        this.foreign = foreign;
        this.bytes = bytes;
    }

    long first() {
        return header.firstSequence();
    }

    static String name(long first) {
        return String.format(Locale.ROOT, "%020d%s", first, SUFFIX);
    }

    static String path(long first) {
        return FOLDER + "/" + name(first);
    }

    /** The first sequence in a file name, or -1 where the name is not a segment's. */
    static long firstOf(String name) {
        if (name.length() != 20 + SUFFIX.length() || !name.endsWith(SUFFIX)) {
            return -1;
        }
        try {
            return Long.parseLong(name, 0, 20, 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
