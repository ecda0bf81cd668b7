package io.sealpost.relay.forward;

import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file that is written, and that others may rename, remove, cut or append to. Confined to one
 * thread.
 */
final class ArchiveFile implements AutoCloseable {
    private static final byte[] LINE_END = {'\n'};

    private final Storage storage;
    private final String name;
    private final StorageFile file;
    private long length;
    private boolean atLineStart;

    /** What others have done to the file. */
    enum Fate {
        /** Nothing. */
        UNTOUCHED,
        /** Appended to it. */
        GROWN,
        /** Cut it, as logrotate's copytruncate does. */
        CUT,
        /** Renamed or removed it, or put another in its place. */
        MOVED
    }

    private ArchiveFile(Storage storage, String name, StorageFile file) {
        this.storage = storage;
        this.name = name;
        this.file = file;
    }

    /** Opens the file, or makes it with its folders; its entry is durable then. */
    static ArchiveFile open(Storage storage, String name) throws IOException {
        String folder = PathTemplate.folderOf(name);
        storage.createFolder(folder);
        ArchiveFile opened = new ArchiveFile(storage, name, storage.openForAppending(name));
        try {
            storage.syncFolder(folder);
            opened.accept();
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    String name() {
        return name;
    }

    long length() {
        return length;
    }

    StorageFile file() {
        return file;
    }

    Fate look() throws IOException {
        if (storage.identity(name) != file.identity()) {
            return Fate.MOVED;
        }
        long size = file.size();
        return size == length ? Fate.UNTOUCHED : size < length ? Fate.CUT : Fate.GROWN;
    }

    /** Goes on behind what is there now. */
    void accept() throws IOException {
        length = file.size();
        ByteBuffer last = ByteBuffer.allocate(1);
        atLineStart = length == 0 || file.read(last, length - 1) == 0 || last.get(0) == LINE_END[0];
    }

    /** Appends; where lines are the framing, others' unfinished line is ended first. */
    void append(byte[] octets, int count, Framing framing) throws IOException {
        if (framing == Framing.LF && !atLineStart) {
            file.write(ByteBuffer.wrap(LINE_END), length);
            length++;
        }
        file.write(ByteBuffer.wrap(octets, 0, count), length);
        length += count;
        atLineStart = true;
    }

    void sync() throws IOException {
        file.sync();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
