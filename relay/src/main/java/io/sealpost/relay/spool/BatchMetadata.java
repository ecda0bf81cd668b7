package io.sealpost.relay.spool;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The metadata of one batch as read: its runs for the queues, all else on demand. Reused from batch
 * to batch; confined to its reader. Never throws on damaged octets.
 */
final class BatchMetadata {
    static final int VERSION = 1;

    /** The same, with sources that carry numbered streams. */
    static final int NUMBERED_VERSION = 2;

    /** Not of messages: the marks of all streams, in the batch that a segment begins with. */
    static final int STREAMS_VERSION = 3;

    /** A run: consecutive messages of one source, receive time and set of upstreams. */
    record Run(Source source, long receivedMicros, long ordinal, int count, long upstreams) {}

    /** A message that was not sent on byte for byte. */
    record Change(int index, int form, int reasons, int originalLength) {}

    private static final Source.Transport[] TRANSPORTS = Source.Transport.values();

    private byte[] octets = new byte[0];
    private int at;
    private int limit;
    private boolean sound;
    private boolean numbered;

    private int runs;
    private int[] runSource = new int[16];
    private int[] runCount = new int[16];
    private int[] runOctets = new int[16];
    private long[] runMicros = new long[16];
    private long[] runOrdinal = new long[16];
    private long[] runMask = new long[16];
    private final List<Source> sources = new ArrayList<>();

    private int changes;
    private int[] changeIndex = new int[16];
    private int[] changeForm = new int[16];
    private int[] changeReasons = new int[16];
    private int[] changeOriginal = new int[16];

    int runs() {
        return runs;
    }

    int count(int run) {
        return runCount[run];
    }

    int octets(int run) {
        return runOctets[run];
    }

    long mask(int run) {
        return runMask[run];
    }

    long receivedMicros(int run) {
        return runMicros[run];
    }

    Run run(int run) {
        return new Run(
                sources.get(runSource[run]),
                runMicros[run],
                runOrdinal[run],
                runCount[run],
                runMask[run]);
    }

    List<Change> changes() {
        List<Change> all = new ArrayList<>(changes);
        for (int c = 0; c < changes; c++) {
            all.add(new Change(changeIndex[c], changeForm[c], changeReasons[c], changeOriginal[c]));
        }
        return all;
    }

    /** How many messages were changed. */
    int changed() {
        return changes;
    }

    /** Index in the batch of a changed message. */
    int changedIndex(int change) {
        return changeIndex[change];
    }

    /** Octets of its original; 0 if none is kept. */
    int originalLength(int change) {
        return changeOriginal[change];
    }

    /** Reads runs only, which is what queues need; false if the octets are damaged. */
    boolean decodeRuns(byte[] from, int offset, BatchHeader header) {
        return decode(from, offset, header, false, false);
    }

    /** Reads runs and changes; false if the octets are damaged. */
    boolean decodeChanges(byte[] from, int offset, BatchHeader header) {
        return decode(from, offset, header, false, true);
    }

    /** Reads everything; false if the octets are damaged. */
    boolean decodeAll(byte[] from, int offset, BatchHeader header) {
        return decode(from, offset, header, true, true);
    }

    /**
     * Reads what a batch says of streams into their marks; false if the octets are damaged. What
     * was read up to there stays.
     */
    boolean decodeStreams(byte[] from, int offset, BatchHeader header, StreamMarks into) {
        if (header.metadataLength() > 0 && from[offset] == STREAMS_VERSION) {
            octets = from;
            at = offset + 1;
            limit = offset + header.metadataLength();
            sound = true;
            readMarks(into);
            return sound;
        }
        if (from[offset] == VERSION) {
            return true;
        }
        if (decode(from, offset, header, true, true)) {
            for (int r = 0; sound && r < runs; r++) {
                readHashes(r, into);
            }
        }
        return sound;
    }

    private void readMarks(StreamMarks into) {
        long count = number();
        for (long i = 0; sound && i < count; i++) {
            StreamKey key = new StreamKey(text(), text());
            long next = number();
            int[] last = new int[Math.clamp(number(), 0, StreamMark.HISTORY)];
            for (int h = 0; sound && h < last.length; h++) {
                last[h] = fixed();
            }
            if (sound) {
                into.put(key, new StreamMark(next, last));
            }
        }
    }

    private void readHashes(int run, StreamMarks into) {
        Source source = sources.get(runSource[run]);
        if (source.stream().isEmpty()) {
            return;
        }
        StreamMark mark = into.of(StreamKey.of(source));
        for (int i = 0; i < runCount[run]; i++) {
            mark.note(runOrdinal[run] + i, fixed());
        }
    }

    private boolean decode(
            byte[] from, int offset, BatchHeader header, boolean keepSources, boolean keepChanges) {
        octets = from;
        at = offset;
        limit = offset + header.metadataLength();
        sound = true;
        sources.clear();
        changes = 0;
        runs = 0;
        int version = octet();
        if (version != VERSION && version != NUMBERED_VERSION) {
            return false;
        }
        numbered = version == NUMBERED_VERSION;
        long sourceCount = number();
        for (long i = 0; sound && i < sourceCount; i++) {
            source(keepSources);
        }
        readRuns(header, sourceCount);
        if (keepChanges) {
            readChanges(header);
        }
        return sound;
    }

    private void readRuns(BatchHeader header, long sourceCount) {
        long runTotal = number();
        if (runTotal > header.count()) {
            sound = false;
            return;
        }
        room((int) runTotal);
        long[] nextOrdinal = new long[(int) Math.min(sourceCount, header.count())];
        long micros = header.appendMicros();
        long messages = 0;
        long frames = 0;
        for (int r = 0; sound && r < runTotal; r++) {
            long source = number();
            micros += difference();
            long ordinal = difference();
            long count = number();
            long length = number();
            long mask = number();
            messages += count;
            frames += length;
            if (!sound || source < 0 || source >= nextOrdinal.length || count <= 0) {
                sound = false;
                return;
            }
            ordinal += nextOrdinal[(int) source];
            nextOrdinal[(int) source] = ordinal + count;
            runSource[r] = (int) source;
            runMicros[r] = micros;
            runOrdinal[r] = ordinal;
            runCount[r] = (int) count;
            runOctets[r] = (int) length;
            runMask[r] = mask;
            runs++;
        }
        sound &= messages == header.count() && frames == header.framesLength();
    }

    private void readChanges(BatchHeader header) {
        long total = number();
        if (total < 0 || total > header.count()) {
            sound = false;
            return;
        }
        changeRoom((int) total);
        long index = 0;
        long originals = 0;
        for (int c = 0; sound && c < total; c++) {
            index += number();
            changeIndex[c] = (int) index;
            changeForm[c] = octet();
            changeReasons[c] = (int) number();
            long original = number();
            changeOriginal[c] = (int) original;
            originals += original;
            sound &=
                    index >= 0
                            && index < header.count()
                            && original >= 0
                            && originals <= header.originalsLength();
            changes++;
        }
    }

    private void changeRoom(int total) {
        if (total > changeIndex.length) {
            int more = Math.max(total, changeIndex.length * 2);
            changeIndex = new int[more];
            changeForm = new int[more];
            changeReasons = new int[more];
            changeOriginal = new int[more];
        }
    }

    private void source(boolean keep) {
        int transport = octet();
        byte[] address = bytes(octet());
        int port = octet() << 8 | octet();
        long connection = number();
        byte[] listener = bytes(number());
        int kind = octet();
        byte[] certificate =
                switch (kind) {
                    case SourceTable.NO_CERTIFICATE -> new byte[0];
                    case SourceTable.SHA_256 -> bytes(32);
                    default -> bytes(number());
                };
        String stream = numbered ? text() : "";
        sound &= transport < TRANSPORTS.length;
        if (keep && sound) {
            sources.add(
                    new Source(
                            new String(listener, StandardCharsets.UTF_8),
                            TRANSPORTS[transport],
                            peer(address, port),
                            connection,
                            kind == SourceTable.SHA_256
                                    ? HexFormat.of().formatHex(certificate)
                                    : new String(certificate, StandardCharsets.UTF_8),
                            stream));
        }
    }

    private static InetSocketAddress peer(byte[] address, int port) {
        if (address.length == 4 || address.length == 16) {
            try {
                return new InetSocketAddress(InetAddress.getByAddress(address), port);
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        }
        return InetSocketAddress.createUnresolved("", port);
    }

    private void room(int runTotal) {
        if (runTotal > runCount.length) {
            int more = Math.max(runTotal, runCount.length * 2);
            runSource = Arrays.copyOf(runSource, more);
            runCount = Arrays.copyOf(runCount, more);
            runOctets = Arrays.copyOf(runOctets, more);
            runMicros = Arrays.copyOf(runMicros, more);
            runOrdinal = Arrays.copyOf(runOrdinal, more);
            runMask = Arrays.copyOf(runMask, more);
        }
    }

    private int octet() {
        if (at >= limit) {
            sound = false;
            return 0;
        }
        return octets[at++] & 0xff;
    }

    private byte[] bytes(long count) {
        if (count < 0 || count > limit - at) {
            sound = false;
            return new byte[0];
        }
        at += (int) count;
        return Arrays.copyOfRange(octets, at - (int) count, at);
    }

    private String text() {
        return new String(bytes(number()), StandardCharsets.UTF_8);
    }

    private int fixed() {
        return octet() << 24 | octet() << 16 | octet() << 8 | octet();
    }

    private long number() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = octet();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        sound = false;
        return 0;
    }

    private long difference() {
        long zigzag = number();
        return (zigzag >>> 1) ^ -(zigzag & 1);
    }
}
