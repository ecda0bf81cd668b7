package io.sealpost.relay.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The real file system below one folder. Files are made with mode 0640, folders with 0750, or,
 * where {@link #shared}, as the umask leaves them. The threads that use it must not be interrupted:
 * that closes a channel under everybody's hands.
 */
public final class FileStorage implements Storage {
    private static final String INODE = "unix:ino";
    private static final long NO_FILE = -1;
    private static final int OPEN_TRIES = 100;
    private static final int MAX_PID_DIGITS = 20;

    /** Locks held by this process: a file lock does not keep a process away from itself. */
    private static final Set<Path> LOCKED = ConcurrentHashMap.newKeySet();

    private final Path root;
    private final FileAttribute<Set<PosixFilePermission>> fileMode;
    private final FileAttribute<Set<PosixFilePermission>> folderMode;

    private FileStorage(Path root, String fileMode, String folderMode) {
        this.root = root.toAbsolutePath().normalize();
        this.fileMode = attribute(fileMode);
        this.folderMode = attribute(folderMode);
    }

    private static FileAttribute<Set<PosixFilePermission>> attribute(String mode) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
    }

    /** The storage below a folder, which need not exist yet: {@code createFolder("")} makes it. */
    public static FileStorage at(Path root) {
        return new FileStorage(root, "rw-r-----", "rwxr-x---");
    }

    /** The same, but for files that others read, too: their mode is what the umask leaves. */
    public static FileStorage shared(Path root) {
        return new FileStorage(root, "rw-rw-rw-", "rwxrwxrwx");
    }

    @Override
    public StorageFile openForReading(String path) throws IOException {
        return open(resolve(path), StandardOpenOption.READ);
    }

    @Override
    public StorageFile openForWriting(String path) throws IOException {
        Path file = resolve(path);
        create(file);
        return open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public StorageFile openForAppending(String path) throws IOException {
        Path file = resolve(path);
        create(file);
        // A channel cannot both read and append, so this is two, of one and the same file.
        for (int i = 0; i < OPEN_TRIES; i++) {
            RealFile reader = open(file, StandardOpenOption.READ);
            FileChannel appender;
            try {
                appender = FileChannel.open(file, StandardOpenOption.APPEND);
            } catch (NoSuchFileException e) {
                reader.close();
                create(file);
                continue;
            } catch (IOException e) {
                reader.close();
                throw e;
            }
            if (identity(path) == reader.identity()) {
                return new AppendedFile(reader, appender);
            }
            appender.close();
            reader.close();
            create(file);
        }
        throw new IOException(file + " is replaced by others all the time");
    }

    private void create(Path file) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        try {
            FileChannel.open(
                            file,
                            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                            fileMode)
                    .close();
        } catch (FileAlreadyExistsException _) {
            // somebody was quicker: as good
        }
    }

    private static RealFile open(Path file, OpenOption... how) throws IOException {
        // The inode is asked by name; the same answer before and after makes sure whose it is.
        for (int i = 0; i < OPEN_TRIES; i++) {
            long before = inode(file);
            FileChannel channel = FileChannel.open(file, how);
            if (inode(file) == before) {
                return new RealFile(channel, before);
            }
            channel.close();
        }
        throw new IOException(file + " is replaced by others all the time");
    }

    @Override
    public void createFolder(String path) throws IOException {
        createFolder(resolve(path));
    }

    private void createFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.getParent();
        if (parent != null) {
            createFolder(parent);
        }
        try {
            Files.createDirectory(folder, folderMode);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw new IOException(folder + " should be a folder but is a file", e);
            }
        }
        if (parent != null) {
            syncFolder(parent);
        }
    }

    @Override
    public List<String> list(String folder) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(resolve(folder))) {
            for (Path entry : entries) {
                names.add(String.valueOf(entry.getFileName()));
            }
        } catch (NoSuchFileException | NotDirectoryException _) {
            return List.of();
        }
        Collections.sort(names);
        return names;
    }

    @Override
    public boolean exists(String path) {
        return Files.exists(resolve(path));
    }

    @Override
    public void delete(String path) throws IOException {
        Files.deleteIfExists(resolve(path));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(resolve(from), resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void syncFolder(String folder) throws IOException {
        syncFolder(resolve(folder));
    }

    private static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public long usableSpace() throws IOException {
        long space = root.toFile().getUsableSpace(); // a FileStore would need its mount point
        if (space == 0 && !Files.isDirectory(root)) {
            throw new NoSuchFileException(root.toString());
        }
        return space;
    }

    @Override
    public long identity(String path) throws IOException {
        try {
            return inode(resolve(path));
        } catch (NoSuchFileException _) {
            return NO_FILE;
        }
    }

    private static long inode(Path file) throws IOException {
        return Files.getAttribute(file, INODE) instanceof Long inode ? inode : NO_FILE;
    }

    @Override
    public AutoCloseable lock(String path) throws IOException {
        Path file = resolve(path);
        create(file);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean entered = LOCKED.add(file);
        FileLock lock = null;
        try {
            lock = entered ? channel.tryLock() : null;
            if (lock == null) {
                throw new IOException(
                        root + " is in use by another instance (pid " + owner(channel) + ")");
            }
            writeOwner(channel);
            return new HeldLock(file, channel);
        } catch (OverlappingFileLockException e) {
            throw new IOException(
                    root + " is in use by another instance (pid " + owner(channel) + ")", e);
        } finally {
            if (lock == null) {
                if (entered) {
                    LOCKED.remove(file);
                }
                channel.close();
            }
        }
    }

    private static String owner(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(MAX_PID_DIGITS);
        channel.read(text, 0);
        String pid = StandardCharsets.US_ASCII.decode(text.flip()).toString().strip();
        return pid.isEmpty() ? "unknown" : pid;
    }

    private static void writeOwner(FileChannel channel) throws IOException {
        byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
        channel.truncate(0);
        writeFully(channel, ByteBuffer.wrap(pid), 0);
    }

    private Path resolve(String path) {
        Path resolved = root.resolve(path).normalize();
        if (!resolved.startsWith(root)) {
            throw new IllegalArgumentException(path + " leads out of " + root);
        }
        return resolved;
    }

    private static void writeFully(FileChannel channel, ByteBuffer from, long position)
            throws IOException {
        long at = position;
        while (from.hasRemaining()) {
            at += channel.write(from, at);
        }
    }

    private static int readFully(FileChannel channel, ByteBuffer into, long position)
            throws IOException {
        int total = 0;
        while (into.hasRemaining()) {
            int octets = channel.read(into, position + total);
            if (octets < 0) {
                break;
            }
            total += octets;
        }
        return total;
    }

    /** Ends with {@link #close()}; the lock file stays, for the next instance. */
    private record HeldLock(Path file, FileChannel channel) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            if (channel.isOpen()) {
                channel.close();
                LOCKED.remove(file);
            }
        }
    }

    private record RealFile(FileChannel channel, long identity) implements StorageFile {
        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            writeFully(channel, from, position);
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return readFully(channel, into, position);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void sync() throws IOException {
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private record AppendedFile(RealFile reader, FileChannel appender) implements StorageFile {
        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            while (from.hasRemaining()) {
                appender.write(from);
            }
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return reader.read(into, position);
        }

        @Override
        public long size() throws IOException {
            return appender.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            appender.truncate(size);
        }

        @Override
        public void sync() throws IOException {
            appender.force(false);
        }

        @Override
        public long identity() {
            return reader.identity();
        }

        @Override
        public @Nullable FileChannel channel() {
            return null;
        }

        @Override
        public void close() throws IOException {
            try {
                appender.close();
            } finally {
                reader.close();
            }
        }
    }
}
