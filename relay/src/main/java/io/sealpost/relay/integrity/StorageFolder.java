package io.sealpost.relay.integrity;

import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The files of a folder on disk. Thread-safe. */
public record StorageFolder(Storage storage, String path, Pattern names) implements FileSeries {
    private static final int BUFFER_OCTETS = 64 * 1024;

    /** The checkpoints of the log in a folder. */
    public static StorageFolder checkpoints(Storage storage, String log) {
        return new StorageFolder(storage, log + "/checkpoints", CheckpointRow.NAME);
    }

    /** Its metadata. */
    public static StorageFolder metadata(Storage storage, String log) {
        return new StorageFolder(storage, log + "/metadata", MetadataFolder.NAME);
    }

    @Override
    public List<File> list() throws IOException {
        List<File> files = new ArrayList<>();
        for (String name : storage.list(path)) {
            if (names.matcher(name).matches()) {
                try (StorageFile file = storage.openForReading(path + '/' + name)) {
                    files.add(new File(name, file.size()));
                }
            }
        }
        return files;
    }

    @Override
    public InputStream open(String name) throws IOException {
        return stream(storage.openForReading(path + '/' + name));
    }

    /** The file as it is now. Closing the stream closes the file. */
    public static InputStream stream(StorageFile file) throws IOException {
        return new BufferedInputStream(new FileStream(file), BUFFER_OCTETS);
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
