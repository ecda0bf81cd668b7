package io.sealpost.relay.integrity;

import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of the files of metadata. Format: {@code docs/format/integrity-files.md}.
 *
 * @param span octets from which on a file is full
 */
record MetadataFolder(Storage storage, int span, Set<Flaw> flaws) implements MetadataReader.Files {
    static final String PATH = "integrity/metadata";

    static final int SPAN = 64 << 20;

    private static final int BUFFER_OCTETS = 64 * 1024;
    private static final Pattern NAME = Pattern.compile("(\\d{20})\\.batches");

    MetadataFolder {
        flaws = Set.copyOf(flaws);
    }

    static MetadataFolder of(Storage storage) {
        return new MetadataFolder(storage, SPAN, Set.of());
    }

    static String path(long firstLeaf) {
        return String.format(Locale.ROOT, "%s/%020d.batches", PATH, firstLeaf);
    }

    @Override
    public List<Long> list() throws IOException {
        List<Long> firsts = new ArrayList<>();
        for (String name : storage.list(PATH)) {
            Matcher matcher = NAME.matcher(name);
            if (matcher.matches()) {
                firsts.add(Long.parseLong(matcher.group(1)));
            }
        }
        return firsts;
    }

    boolean has(Flaw flaw) {
        return flaws.contains(flaw);
    }

    /** The file as it is now. */
    @Override
    public InputStream open(long firstLeaf) throws IOException {
        return new BufferedInputStream(
                new FileStream(storage.openForReading(path(firstLeaf))), BUFFER_OCTETS);
    }

    private static final class FileStream extends InputStream {
        private final StorageFile file;
        private final long size;
        private long at;

        FileStream(StorageFile file) throws IOException {
            this.file = file;
            this.size = file.size();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) == 1 ? Byte.toUnsignedInt(one[0]) : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int wanted = (int) Math.min(length, size - at);
            int got = wanted <= 0 ? 0 : file.read(ByteBuffer.wrap(into, offset, wanted), at);
            at += got;
            return got == 0 && length > 0 ? -1 : got;
        }

        @Override
        public long skip(long count) {
            long skipped = Math.clamp(count, 0, size - at);
            at += skipped;
            return skipped;
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
