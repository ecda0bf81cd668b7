package io.sealpost.relay.seal;

import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls files of metadata synced that are not. */
record ForgetfulStorage(Storage real) implements Storage {
    private StorageFile forgetting(String path, StorageFile file) {
        return path.contains("metadata") ? new Forgetful(file) : file;
    }

    @Override
    public StorageFile openForReading(String path) throws IOException {
        return real.openForReading(path);
    }

    @Override
    public StorageFile openForWriting(String path) throws IOException {
        return forgetting(path, real.openForWriting(path));
    }

    @Override
    public StorageFile openForAppending(String path) throws IOException {
        return forgetting(path, real.openForAppending(path));
    }

    @Override
    public void createFolder(String path) throws IOException {
        real.createFolder(path);
    }

    @Override
    public List<String> list(String folder) throws IOException {
        return real.list(folder);
    }

    @Override
    public boolean exists(String path) throws IOException {
        return real.exists(path);
    }

    @Override
    public void delete(String path) throws IOException {
        real.delete(path);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        real.rename(from, to);
    }

    @Override
    public void syncFolder(String folder) throws IOException {
        real.syncFolder(folder);
    }

    @Override
    public long usableSpace() throws IOException {
        return real.usableSpace();
    }

    @Override
    public long identity(String path) throws IOException {
        return real.identity(path);
    }

    @Override
    public AutoCloseable lock(String path) throws IOException {
        return real.lock(path);
    }

    private record Forgetful(StorageFile real) implements StorageFile {
        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            real.write(from, position);
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return real.read(into, position);
        }

        @Override
        public long size() throws IOException {
            return real.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            real.truncate(size);
        }

        @Override
        public void sync() {}

        @Override
        public long identity() throws IOException {
            return real.identity();
        }

        @Override
        public @Nullable FileChannel channel() {
            return real.channel();
        }

        @Override
        public void close() throws IOException {
            real.close();
        }
    }
}
