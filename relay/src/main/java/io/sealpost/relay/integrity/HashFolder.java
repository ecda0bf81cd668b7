package io.sealpost.relay.integrity;

import io.sealpost.relay.integrity.IntegrityException.Reason;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * Names and headers of the files of hashes. Format: {@code docs/format/integrity-files.md}.
 *
 * @param path of the folder
 * @param span hashes in a file that is full, a power of two and of whole tiles
 */
record HashFolder(Storage storage, String path, int span, Set<Flaw> flaws) {
    /** Where the log has them that is written to. */
    static final String PATH = CheckpointStore.FOLDER + "/hashes";

    /** Hashes in a file: 32 MiB, so that keep and max-size are kept to within 1 % of 5 GiB. */
    static final int SPAN = 1 << 20;

    /** As long as a hash, so that hash n of a file is at (n + 1) * 32. */
    static final int HEADER = Hash.OCTETS;

    /** "SEALHASH". */
    private static final long MAGIC = 0x5345_414C_4841_5348L;

    private static final int VERSION = 1;
    private static final int VERSION_AT = 8;
    private static final int LEVEL_AT = 12;
    private static final int FIRST_AT = 16;
    private static final int SPAN_AT = 24;
    private static final int CRC_AT = 28;
    private static final Pattern NAME = Pattern.compile("([0-7])-(\\d{20})\\.hashes");

    HashFolder {
        flaws = Set.copyOf(flaws);
        if (span < Tiles.WIDTH || Integer.bitCount(span) != 1) {
            throw new IllegalArgumentException("files of " + span + " hashes");
        }
    }

    static HashFolder of(Storage storage) {
        return of(storage, CheckpointStore.FOLDER);
    }

    static HashFolder of(Storage storage, String log) {
        return new HashFolder(storage, log + "/hashes", SPAN, Set.of());
    }

    /** The file that begins with this hash. */
    String path(int level, long first) {
        return String.format(Locale.ROOT, "%s/%d-%020d.hashes", path, level, first);
    }

    /** First hash of the file in which a hash is. */
    long fileOf(long index) {
        return index & -span;
    }

    /** Where in its file a hash begins. */
    long offset(long index) {
        return HEADER + (index - fileOf(index)) * Hash.OCTETS;
    }

    /** First hashes of the files that a level has, in order. */
    List<Long> list(int level) throws IOException {
        List<Long> firsts = new ArrayList<>();
        for (String name : storage.list(path)) {
            Matcher matcher = NAME.matcher(name);
            if (matcher.matches() && Integer.parseInt(matcher.group(1)) == level) {
                firsts.add(Long.parseLong(matcher.group(2)));
            }
        }
        return firsts;
    }

    ByteBuffer header(int level, long first) {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        header.putLong(MAGIC).putInt(VERSION).putInt(level).putLong(first).putInt(span);
        return header.putInt(checksum(header)).flip();
    }

    /** Opens a file for reading, after a look at its header. */
    StorageFile open(int level, long first) throws IOException {
        String name = path(level, first);
        StorageFile file = storage.openForReading(name);
        try {
            check(file, name, level, first);
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private void check(StorageFile file, String name, int level, long first) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        file.read(header, 0);
        if (header.getLong(0) != MAGIC || header.getInt(CRC_AT) != checksum(header)) {
            throw new IntegrityException(Reason.HASHES_DAMAGED, name + " has a damaged header");
        }
        if (header.getInt(VERSION_AT) != VERSION || header.getInt(SPAN_AT) != span) {
            throw new IntegrityException(
                    Reason.OTHER_FORMAT,
                    name + " is of format " + header.getInt(VERSION_AT) + ", not " + VERSION);
        }
        if (header.getInt(LEVEL_AT) != level || header.getLong(FIRST_AT) != first) {
            throw new IntegrityException(
                    Reason.HASHES_DAMAGED, name + " has the header of another file");
        }
    }

    private static int checksum(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.slice(0, CRC_AT));
        return (int) crc.getValue();
    }

    boolean has(Flaw flaw) {
        return flaws.contains(flaw);
    }
}
