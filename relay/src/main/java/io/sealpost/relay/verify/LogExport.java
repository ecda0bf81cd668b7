package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.integrity.EntryBundle;
import io.sealpost.relay.integrity.FileSeries;
import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.NoteFormatException;
import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.integrity.Tile;
import io.sealpost.relay.integrity.Tiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Writes a log out in the layout in which it is served, for any server of files. */
public final class LogExport {
    private final SealedLog log;
    private final ExportFolder target;
    private final TiledLog exported;
    private final byte[] hashes = new byte[Tiles.WIDTH * Hash.OCTETS];

    /**
     * What was written, now or before.
     *
     * @param size entries of the log, of which it has the hashes
     * @param entries of which it has the octets too
     * @param tokenNeeded to get at the entries
     */
    public record Done(long size, long entries, boolean tokenNeeded) {}

    /** An export of a log, which stays the caller's to close. */
    public LogExport(SealedLog log, ExportFolder target) {
        this.log = log;
        this.target = target;
        this.exported = new TiledLog("the export", target);
    }

    /**
     * Writes everything that is not there yet, the checkpoint last: whoever reads meanwhile, or
     * after a crash, finds all that it is over.
     *
     * @return how much the target has now
     */
    public Done run() throws IOException {
        byte[] note = log.checkpoint();
        long size;
        try {
            size = Checkpoint.parse(SignedNote.parse(note).text()).size();
        } catch (NoteFormatException e) {
            throw new IOException("the newest checkpoint is damaged: " + e.getMessage(), e);
        }
        long first = log.firstLeaf(size);
        for (int level = 0; level < Tiles.levels(size); level++) {
            tiles(level, level == 0 ? first / Tiles.WIDTH : 0, size);
        }
        boolean tokenNeeded = false;
        long entries = 0;
        try {
            for (long index = 0; index < Math.ceilDiv(size, Tiles.WIDTH); index++) {
                entries += entries(Tiles.bundle(index, size));
            }
        } catch (TokenNeededException _) {
            tokenNeeded = true;
        }
        folder("checkpoints/", log.checkpoints());
        folder("metadata/", log.metadata());
        target.sync();
        write("checkpoint", note);
        target.sync();
        return new Done(size, entries, tokenNeeded);
    }

    private void tiles(int level, long from, long size) throws IOException {
        long full = Tiles.full(level, size);
        for (long index = from; index < full; index++) {
            tile(new Tile.Hashes(level, index, Tiles.WIDTH));
        }
        int partial = Tiles.partial(level, size);
        if (partial > 0) {
            tile(new Tile.Hashes(level, full, partial));
        }
    }

    private void tile(Tile.Hashes tile) throws IOException {
        int octets = tile.width() * Hash.OCTETS;
        if (!target.has(tile.path(), octets)) {
            log.read(tile.level(), tile.index() * Tiles.WIDTH, tile.width(), hashes, 0);
            target.write(tile.path(), new ByteArrayInputStream(hashes, 0, octets));
        }
    }

    /** How many entries the target has of the bundle; they can be gone. */
    private int entries(Tile.Entries bundle) throws IOException {
        boolean whole =
                exported.entries(bundle).filter(e -> e.size() == bundle.width()).isPresent();
        if (!whole) {
            Optional<List<byte[]>> entries = log.entries(bundle);
            if (entries.isEmpty()) {
                return 0;
            }
            target.write(bundle.path(), EntryBundle.stream(entries.get()));
        }
        return bundle.width();
    }

    private void folder(String prefix, FileSeries folder) throws IOException {
        StringBuilder index = new StringBuilder();
        List<FileSeries.File> files = folder.list();
        for (FileSeries.File file : files) {
            index.append(file.name()).append(' ').append(file.octets()).append('\n');
            try (InputStream in = folder.open(file.name())) {
                target.write(prefix + file.name(), in);
            }
        }
        write(prefix + "index", index.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void write(String path, byte[] octets) throws IOException {
        target.write(path, new ByteArrayInputStream(octets));
    }
}
