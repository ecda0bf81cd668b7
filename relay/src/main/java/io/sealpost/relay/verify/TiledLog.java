package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.integrity.EntryBundle;
import io.sealpost.relay.integrity.FileSeries;
import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.NoteFormatException;
import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.integrity.Tile;
import io.sealpost.relay.integrity.Tiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A log as it is served: a folder of C2SP tlog-tiles, or the same files over HTTP. */
public final class TiledLog implements SealedLog {
    private static final int MAX_NOTE_OCTETS = 1 << 20;
    private static final int MAX_INDEX_OCTETS = 16 << 20;
    private static final int MAX_BUNDLE_OCTETS =
            Tiles.WIDTH * (Short.BYTES + EntryBundle.MAX_ENTRY_OCTETS);

    /** Whoever serves the log chooses the names: they lead nowhere else. */
    private static final Pattern FILE_NAME = Pattern.compile("[0-9a-z]+\\.[a-z]+");

    private final String name;
    private final Paths paths;

    /** The tile that was read last, of each level. */
    private final Map<Integer, Kept> kept = new HashMap<>();

    /** Leaves of the newest checkpoint, which says how wide the last tiles are; -1 unknown. */
    private long size = -1;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Kept(long tile, byte[] hashes) {}

    /** What lies at a path below the log's prefix. */
    public interface Paths {
        /**
         * The octets, to be closed; empty if there is nothing at this path.
         *
         * @throws IOException if nobody can say
         */
        Optional<InputStream> open(String path) throws IOException;
    }

    /** A log that is read by its paths. */
    public TiledLog(String name, Paths paths) {
        this.name = name;
        this.paths = paths;
    }

    @Override
    public String name() {
        return name;
    }

    private byte[] get(String path, int most) throws IOException {
        try (InputStream in = require(path)) {
            return in.readNBytes(most);
        }
    }

    private InputStream require(String path) throws IOException {
        return paths.open(path)
                .orElseThrow(() -> new FileNotFoundException(path + " is missing in " + name));
    }

    @Override
    public byte[] checkpoint() throws IOException {
        byte[] note = get("checkpoint", MAX_NOTE_OCTETS);
        try {
            size = Checkpoint.parse(SignedNote.parse(note).text()).size();
        } catch (NoteFormatException e) {
            size = -1; // whoever asked will see it
        }
        return note;
    }

    @Override
    public long firstLeaf(long ofSize) throws IOException {
        // Only a beginning is ever dropped, by whole tiles.
        long low = 0;
        long high = Tiles.full(0, ofSize);
        while (low < high) {
            long middle = (low + high) / 2;
            Optional<InputStream> tile = paths.open(new Tile.Hashes(0, middle, Tiles.WIDTH).path());
            if (tile.isPresent()) {
                tile.get().close();
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low * Tiles.WIDTH;
    }

    @Override
    public void read(int tileLevel, long first, int count, byte[] out, int at) throws IOException {
        long index = first / Tiles.WIDTH;
        int from = (int) (first % Tiles.WIDTH);
        Kept tile = kept.get(tileLevel);
        if (tile == null
                || tile.tile != index
                || tile.hashes.length < (from + count) * Hash.OCTETS) {
            tile = new Kept(index, tile(tileLevel, index));
            kept.put(tileLevel, tile);
        }
        if (tile.hashes.length < (from + count) * Hash.OCTETS) {
            throw new FileNotFoundException(
                    "hash " + first + " of level " + tileLevel + " is missing in " + name);
        }
        System.arraycopy(tile.hashes, from * Hash.OCTETS, out, at, count * Hash.OCTETS);
    }

    private byte[] tile(int level, long index) throws IOException {
        if (size < 0) {
            checkpoint();
        }
        int width = index < Tiles.full(level, size) ? Tiles.WIDTH : Tiles.partial(level, size);
        String path = new Tile.Hashes(level, index, Math.max(1, width)).path();
        byte[] hashes = get(path, Tiles.WIDTH * Hash.OCTETS + 1);
        if (hashes.length != width * Hash.OCTETS) {
            throw new FileNotFoundException(path + " in " + name + " is not a tile of its width");
        }
        return hashes;
    }

    @Override
    public Optional<List<byte[]>> entries(Tile.Entries bundle) throws IOException {
        Optional<InputStream> octets = paths.open(bundle.path());
        if (octets.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = octets.get()) {
            // One that is damaged has no entries, and so not its width.
            return Optional.of(
                    EntryBundle.decode(in.readNBytes(MAX_BUNDLE_OCTETS)).orElse(List.of()));
        }
    }

    @Override
    public FileSeries checkpoints() {
        return new Folder("checkpoints/");
    }

    @Override
    public FileSeries metadata() {
        return new Folder("metadata/");
    }

    @Override
    public void close() {
        kept.clear();
    }

    private final class Folder implements FileSeries {
        private final String prefix;

        Folder(String prefix) {
            this.prefix = prefix;
        }

        @Override
        public List<File> list() throws IOException {
            List<File> files = new ArrayList<>();
            String index =
                    new String(get(prefix + "index", MAX_INDEX_OCTETS), StandardCharsets.UTF_8);
            for (String line : index.split("\n", -1)) {
                String[] words = line.split(" ", -1);
                if (words.length == 2
                        && FILE_NAME.matcher(words[0]).matches()
                        && words[1].matches("[0-9]{1,18}")) {
                    files.add(new File(words[0], Long.parseLong(words[1])));
                } else if (!line.isEmpty()) {
                    throw new FileNotFoundException(prefix + "index in " + name + " is damaged");
                }
            }
            return files;
        }

        @Override
        public InputStream open(String file) throws IOException {
            return require(prefix + file);
        }
    }
}
