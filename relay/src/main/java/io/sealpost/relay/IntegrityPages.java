package io.sealpost.relay;

import io.sealpost.relay.admin.ServedFiles;
import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.IntegrityException;
import io.sealpost.relay.integrity.LogFolder;
import io.sealpost.relay.integrity.NoteFormatException;
import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.integrity.Tile;
import io.sealpost.relay.integrity.Tiles;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.verify.DataFolderLog;
import io.sealpost.relay.verify.SealedLog;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The integrity log as the admin server gives it out; what is where, says {@code
 * docs/integrity.md}. Reads the files of the log beside the thread that writes them. Thread-safe.
 */
final class IntegrityPages implements ServedFiles {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String OCTETS = "application/octet-stream";
    private static final String INDEX = "index";
    private static final String CHECKPOINTS = "checkpoints/";
    private static final String METADATA = "metadata/";

    private final Storage storage;

    IntegrityPages(Storage storage) {
        this.storage = storage;
    }

    @Override
    public Optional<Opened> open(String path) throws IOException {
        try (SealedLog log = DataFolderLog.of("data-dir", storage)) {
            if (path.equals("checkpoint")) {
                return octets(TEXT, log.checkpoint());
            }
            if (path.startsWith(CHECKPOINTS)) {
                return file(log.checkpoints(), path.substring(CHECKPOINTS.length()));
            }
            if (path.startsWith(METADATA)) {
                return file(log.metadata(), path.substring(METADATA.length()));
            }
            Optional<Tile> tile = Tile.parse(path);
            return tile.isPresent() && tile.get() instanceof Tile.Hashes hashes
                    ? tile(log, hashes)
                    : Optional.empty();
        } catch (FileNotFoundException | IntegrityException e) {
            return Optional.empty(); // dropped, or not there yet
        }
    }

    private static Optional<Opened> octets(String type, byte[] octets) {
        return Optional.of(new Opened(type, octets.length, new ByteArrayInputStream(octets)));
    }

    private static Optional<Opened> file(LogFolder folder, String name) throws IOException {
        if (name.equals(INDEX)) {
            StringBuilder lines = new StringBuilder();
            for (LogFolder.File file : folder.list()) {
                lines.append(file.name()).append(' ').append(file.octets()).append('\n');
            }
            return octets(TEXT, lines.toString().getBytes(StandardCharsets.UTF_8));
        }
        for (LogFolder.File file : folder.list()) {
            if (file.name().equals(name)) {
                return Optional.of(new Opened(OCTETS, file.octets(), folder.open(name)));
            }
        }
        return Optional.empty();
    }

    private static Optional<Opened> tile(SealedLog log, Tile.Hashes tile) throws IOException {
        if (!Tiles.covers(size(log), tile)) {
            return Optional.empty();
        }
        byte[] hashes = new byte[tile.width() * Hash.OCTETS];
        log.read(tile.level(), tile.index() * Tiles.WIDTH, tile.width(), hashes, 0);
        return octets(OCTETS, hashes);
    }

    private static long size(SealedLog log) throws IOException {
        try {
            return Checkpoint.parse(SignedNote.parse(log.checkpoint()).text()).size();
        } catch (NoteFormatException e) {
            throw new FileNotFoundException("no checkpoint: " + e.getMessage());
        }
    }
}
