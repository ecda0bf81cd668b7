package io.sealpost.relay.spool;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A file system in memory that never fails. Thread-safe. */
public final class MemoryStorage implements Storage {
    private static final int FIRST_CAPACITY = 4096;

    private final Map<String, Node> files = new TreeMap<>();
    private final Set<String> folders = new TreeSet<>(Set.of(""));
    private final Set<String> locks = new HashSet<>();
    private long lastIdentity;

    /** A file whatever its names are: content and inode. */
    static final class Node {
        final long identity;
        private byte[] octets = new byte[FIRST_CAPACITY];
        private int size;

        Node(long identity) {
            this.identity = identity;
        }

        synchronized void write(ByteBuffer from, long position) {
            int end = Math.toIntExact(position + from.remaining());
            if (end > octets.length) {
                octets = Arrays.copyOf(octets, Math.max(end, 2 * octets.length));
            }
            from.get(octets, Math.toIntExact(position), from.remaining());
            size = Math.max(size, end);
        }

        synchronized void append(ByteBuffer from) {
            write(from, size);
        }

        synchronized int read(ByteBuffer into, long position) {
            int length = (int) Math.max(0, Math.min(into.remaining(), size - position));
            if (length > 0) {
                into.put(octets, Math.toIntExact(position), length);
            }
            return length;
        }

        synchronized void truncate(long newSize) {
            if (newSize < size) {
                Arrays.fill(octets, (int) newSize, size, (byte) 0);
                size = (int) newSize;
            }
        }

        synchronized int size() {
            return size;
        }

        synchronized byte[] content() {
            return Arrays.copyOf(octets, size);
        }
    }

    @Override
    public synchronized StorageFile openForReading(String path) throws IOException {
        return new OpenNode(existing(path), false);
    }

    @Override
    public synchronized StorageFile openForWriting(String path) throws IOException {
        return new OpenNode(existingOrNew(path), false);
    }

    @Override
    public synchronized StorageFile openForAppending(String path) throws IOException {
        return new OpenNode(existingOrNew(path), true);
    }

    @Override
    public synchronized void createFolder(String path) throws IOException {
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            addFolder(path.substring(0, slash));
        }
        addFolder(path);
    }

    private void addFolder(String path) throws IOException {
        if (files.containsKey(path)) {
            throw new IOException(path + " should be a folder but is a file");
        }
        folders.add(path);
    }

    @Override
    public synchronized List<String> list(String folder) {
        String prefix = folder.isEmpty() ? "" : folder + "/";
        List<String> names = new ArrayList<>();
        for (Set<String> paths : List.of(files.keySet(), folders)) {
            for (String path : paths) {
                if (!path.isEmpty()
                        && path.startsWith(prefix)
                        && path.indexOf('/', prefix.length()) < 0) {
                    names.add(path.substring(prefix.length()));
                }
            }
        }
        names.sort(null);
        return names;
    }

    @Override
    public synchronized boolean exists(String path) {
        return files.containsKey(path) || folders.contains(path);
    }

    @Override
    public synchronized void delete(String path) {
        files.remove(path);
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        Node node = existing(from);
        requireFolder(to);
        files.remove(from);
        files.put(to, node);
    }

    @Override
    public void syncFolder(String folder) {}

    @Override
    public long usableSpace() {
        return Long.MAX_VALUE;
    }

    @Override
    public synchronized long identity(String path) {
        Node node = files.get(path);
        return node == null ? -1 : node.identity;
    }

    @Override
    public synchronized AutoCloseable lock(String path) throws IOException {
        existingOrNew(path);
        if (!locks.add(path)) {
            throw new IOException("memory is in use by another instance (pid 1)");
        }
        return () -> unlock(path);
    }

    private synchronized void unlock(String path) {
        locks.remove(path);
    }

    /** The octets of a file, for tests. */
    public synchronized byte[] content(String path) throws IOException {
        return existing(path).content();
    }

    /** All files by path, whatever folder they are in. */
    synchronized Map<String, Node> files() {
        return new TreeMap<>(files);
    }

    /** The same folders with these files, nothing open and nothing locked. */
    synchronized MemoryStorage restarted(Map<String, Node> left) {
        MemoryStorage storage = new MemoryStorage();
        storage.folders.addAll(folders);
        storage.files.putAll(left);
        storage.lastIdentity = lastIdentity;
        return storage;
    }

    private Node existing(String path) throws IOException {
        Node node = files.get(path);
        if (node == null) {
            throw new FileNotFoundException(path);
        }
        return node;
    }

    private Node existingOrNew(String path) throws IOException {
        requireFolder(path);
        if (folders.contains(path)) {
            throw new IOException(path + " is a folder");
        }
        Node node = files.get(path);
        if (node == null) {
            lastIdentity++;
            node = new Node(lastIdentity);
            files.put(path, node);
        }
        return node;
    }

    private void requireFolder(String path) throws IOException {
        if (!folders.contains(folderOf(path))) {
            throw new FileNotFoundException("folder of " + path);
        }
    }

    static String folderOf(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    private record OpenNode(Node node, boolean appending) implements StorageFile {
        @Override
        public void write(ByteBuffer from, long position) {
            if (appending) {
                node.append(from);
            } else {
                node.write(from, position);
            }
        }

        @Override
        public int read(ByteBuffer into, long position) {
            return node.read(into, position);
        }

        @Override
        public long size() {
            return node.size();
        }

        @Override
        public void truncate(long size) {
            node.truncate(size);
        }

        @Override
        public void sync() {}

        @Override
        public long identity() {
            return node.identity;
        }

        @Override
        public @Nullable FileChannel channel() {
            return null;
        }

        @Override
        public void close() {}
    }
}
