package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.CheckpointStore;
import io.sealpost.relay.integrity.FileSeries;
import io.sealpost.relay.integrity.HashReader;
import io.sealpost.relay.integrity.StorageFolder;
import io.sealpost.relay.integrity.Tile;
import io.sealpost.relay.integrity.Tiles;
import io.sealpost.relay.spool.Storage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A log in a relay's data folder, whether that relay runs or not: the one that is written to, or
 * one that was closed. Nothing is written there.
 */
public final class DataFolderLog implements SealedLog {
    private final String name;
    private final Storage storage;
    private final String folder;
    private final HashReader hashes;
    private final Optional<SpooledEntries> entries;

    private DataFolderLog(
            String name, Storage storage, String folder, Optional<SpooledEntries> entries) {
        this.name = name;
        this.storage = storage;
        this.folder = folder;
        // What is not there is found out when it is read.
        this.hashes = HashReader.of(storage, folder, Long.MAX_VALUE);
        this.entries = entries;
    }

    /**
     * The log of a data folder.
     *
     * @param name of the folder, for people
     * @param storage whose folder {@code integrity} holds the log
     */
    public static DataFolderLog of(String name, Storage storage) {
        return new DataFolderLog(
                name, storage, CheckpointStore.FOLDER, Optional.of(new SpooledEntries(storage)));
    }

    /**
     * A log without its entries: one that was closed, or that stands elsewhere. The spool beside it
     * counts its messages for the log that is written to.
     *
     * @param folder of the log in the storage
     */
    public static DataFolderLog closed(String name, Storage storage, String folder) {
        return new DataFolderLog(name, storage, folder, Optional.empty());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public byte[] checkpoint() throws IOException {
        return CheckpointStore.newest(storage, folder);
    }

    @Override
    public long firstLeaf(long size) throws IOException {
        return Math.min(size, hashes.firstLeaf());
    }

    @Override
    public void read(int tileLevel, long first, int count, byte[] out, int at) throws IOException {
        hashes.read(tileLevel, first, count, out, at);
    }

    @Override
    public Optional<List<byte[]>> entries(Tile.Entries bundle) throws IOException {
        return entries.isEmpty()
                ? Optional.empty()
                : entries.get().read(bundle.index() * Tiles.WIDTH, bundle.width());
    }

    @Override
    public FileSeries checkpoints() {
        return StorageFolder.checkpoints(storage, folder);
    }

    @Override
    public FileSeries metadata() {
        return StorageFolder.metadata(storage, folder);
    }

    @Override
    public void close() throws IOException {
        try (hashes) {
            if (entries.isPresent()) {
                entries.get().close();
            }
        }
    }
}
