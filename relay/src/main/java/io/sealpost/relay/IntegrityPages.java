package io.sealpost.relay;

import io.sealpost.relay.admin.ServedFiles;
import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.integrity.FileSeries;
import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.IntegrityException;
import io.sealpost.relay.integrity.NoteFormatException;
import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.integrity.Tile;
import io.sealpost.relay.integrity.Tiles;
import io.sealpost.relay.spool.FileStorage;
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
    private final ServedEntries entries;

    /**
     * Pages of a log.
     *
     * @param token that opens its entries; empty if none does
     */
    IntegrityPages(Storage storage, Optional<AdminToken> token) {
        this.storage = storage;
        this.entries = new ServedEntries(storage, token, ServedEntries.PATIENCE);
    }

    /** Those of a relay; none where it has no such log. */
    static ServedFiles of(RelayConfig config) {
        return config.integrity().enabled()
                ? new IntegrityPages(
                        FileStorage.at(config.dataDir()), AdminToken.orWarning(config.dataDir()))
                : ServedFiles.NONE;
    }

    @Override
    public Answer open(String path, Optional<String> token) throws IOException {
        try (SealedLog log = DataFolderLog.of("data-dir", storage)) {
            if (path.equals("checkpoint")) {
                return octets(TEXT, Keeping.NO, log.checkpoint());
            }
            if (path.startsWith(CHECKPOINTS)) {
                return file(log.checkpoints(), path.substring(CHECKPOINTS.length()));
            }
            if (path.startsWith(METADATA)) {
                return file(log.metadata(), path.substring(METADATA.length()));
            }
            Optional<Tile> tile = Tile.parse(path);
            if (tile.isEmpty() || !Tiles.covers(size(log), tile.get())) {
                return Answer.NOT_FOUND;
            }
            return switch (tile.get()) {
                case Tile.Hashes hashes -> tile(log, hashes);
                case Tile.Entries bundle -> entries.open(bundle, token);
            };
        } catch (FileNotFoundException | IntegrityException e) {
            return new Answer.Missing("no longer kept, or not there yet");
        }
    }

    private static Answer octets(String type, Keeping keeping, byte[] octets) {
        return new Answer.Opened(type, octets.length, keeping, new ByteArrayInputStream(octets));
    }

    private static Answer file(FileSeries folder, String name) throws IOException {
        if (name.equals(INDEX)) {
            StringBuilder lines = new StringBuilder();
            for (FileSeries.File file : folder.list()) {
                lines.append(file.name()).append(' ').append(file.octets()).append('\n');
            }
            return octets(TEXT, Keeping.NO, lines.toString().getBytes(StandardCharsets.UTF_8));
        }
        for (FileSeries.File file : folder.list()) {
            if (file.name().equals(name)) {
                return new Answer.Opened(OCTETS, file.octets(), Keeping.NO, folder.open(name));
            }
        }
        return Answer.NOT_FOUND;
    }

    private static Answer tile(SealedLog log, Tile.Hashes tile) throws IOException {
        byte[] hashes = new byte[tile.width() * Hash.OCTETS];
        log.read(tile.level(), tile.index() * Tiles.WIDTH, tile.width(), hashes, 0);
        return octets(OCTETS, Keeping.FOR_EVER, hashes);
    }

    private static long size(SealedLog log) throws IOException {
        try {
            return Checkpoint.parse(SignedNote.parse(log.checkpoint()).text()).size();
        } catch (NoteFormatException e) {
            throw new FileNotFoundException("no checkpoint: " + e.getMessage());
        }
    }
}
