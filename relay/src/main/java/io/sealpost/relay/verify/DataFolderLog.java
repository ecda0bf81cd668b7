package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.CheckpointStore;
import io.sealpost.relay.integrity.HashReader;
import io.sealpost.relay.integrity.LogFolder;
import io.sealpost.relay.integrity.StorageFolder;
import io.sealpost.relay.integrity.Tile;
import io.sealpost.relay.integrity.Tiles;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** The log in a relay's data folder, whether that relay runs or not. Nothing is written there. */
public final class DataFolderLog implements SealedLog {
    private final String name;
    private final Storage storage;
    private final HashReader hashes;
    private final SpooledEntries entries;

    private DataFolderLog(String name, Storage storage) {
        this.name = name;
        this.storage = storage;
        // What is not there is found out when it is read.
        this.hashes = HashReader.of(storage, Long.MAX_VALUE);
        this.entries = new SpooledEntries(storage);
    }

    /**
     * The log of a data folder.
     *
     * @param name of the folder, for people
     * @param storage whose folder {@code integrity} holds the log
     */
    public static DataFolderLog of(String name, Storage storage) {
        return new DataFolderLog(name, storage);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public byte[] checkpoint() throws IOException {
        if (!storage.exists(CheckpointStore.NEWEST)) {
            throw new FileNotFoundException(CheckpointStore.NEWEST + " is missing");
        }
        try (StorageFile file = storage.openForReading(CheckpointStore.NEWEST)) {
            ByteBuffer octets = ByteBuffer.allocate((int) Math.min(file.size(), 1 << 20));
            file.read(octets, 0);
            return octets.array();
        }
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
        return entries.read(bundle.index() * Tiles.WIDTH, bundle.width());
    }

    @Override
    public LogFolder checkpoints() {
        return StorageFolder.checkpoints(storage);
    }

    @Override
    public LogFolder metadata() {
        return StorageFolder.metadata(storage);
    }

    @Override
    public void close() throws IOException {
        try (entries) {
            hashes.close();
        }
    }
}
