package io.sealpost.relay.spool;

import java.io.IOException;
import java.util.List;

/**
 * The file operations of spool, cursors and file upstreams. Three implementations: the real file
 * system, one in memory, and one that injects faults (short writes, ENOSPC, EIO at sync, crashes
 * that drop or tear what was not synced).
 *
 * <p>Paths are relative names below the storage's root with {@code /} as separator. All methods
 * block and may be called from any thread. A new file survives a crash only after {@link
 * StorageFile#sync()} and {@link #syncFolder(String)} of its folder; a removal or a rename only
 * after {@code syncFolder}.
 */
public interface Storage {
    /** Opens an existing file for reading. */
    StorageFile openForReading(String path) throws IOException;

    /** Opens for reading and writing; creates the file where there is none. */
    StorageFile openForWriting(String path) throws IOException;

    /**
     * Opens for reading and for writing at the end; creates the file where there is none. Each
     * write goes to the end that the file has then, wherever its position says: nothing that others
     * wrote or cut in between is overwritten, and no hole appears.
     */
    StorageFile openForAppending(String path) throws IOException;

    /** Makes a folder and its parents, durable when it returns; nothing if it exists. */
    void createFolder(String path) throws IOException;

    /** Names (not paths) of the entries of a folder, sorted; empty if there is no such folder. */
    List<String> list(String folder) throws IOException;

    boolean exists(String path) throws IOException;

    /** Removes a file; nothing if there is none. */
    void delete(String path) throws IOException;

    /** Renames atomically, replacing the target. */
    void rename(String from, String to) throws IOException;

    /** Makes creations, removals and renames in this folder durable. */
    void syncFolder(String folder) throws IOException;

    /** Octets that can still be written on this volume. */
    long usableSpace() throws IOException;

    /** Identity of the file now at this path (its inode), or -1 where there is none. */
    long identity(String path) throws IOException;

    /**
     * Takes the exclusive lock that keeps a second instance away, held until the result is closed.
     *
     * @throws IOException with a message for the operator where another instance holds it
     */
    AutoCloseable lock(String path) throws IOException;
}
