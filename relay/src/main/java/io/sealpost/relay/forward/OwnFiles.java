package io.sealpost.relay.forward;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sealpost.relay.forward.PathTemplate.DatedName;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which files are the upstream's own, to be removed one day. Confined to the forwarder's thread.
 */
/*
 * Where the path has only a date in it, those are the files that look so. With a host's name in it
 * nearly any file looks so, somebody else's too. Then the files that this upstream has made stand in
 * a list, a line each, in the folder that the path begins with. No value of a message has a tilde in
 * a file's name, so no sender can write to the list. A line that was lost, by a power cut, costs no
 * more than that the file is never removed.
 */
final class OwnFiles {
    /** Lines of files that are gone, beyond which the list is written anew. */
    private static final int MAX_GONE = 1000;

    private final FileUpstreamSettings settings;
    private final Storage storage;
    private final String list;
    private final boolean listed;

    OwnFiles(FileUpstreamSettings settings, Storage storage) {
        this.settings = settings;
        this.storage = storage;
        this.list = ".sealpost~" + settings.name() + ".files";
        this.listed = settings.path().hasValues();
    }

    /** A file will be made. */
    void add(String name) throws IOException {
        if (listed) {
            try (StorageFile file = storage.openForAppending(list)) {
                file.write(ByteBuffer.wrap((name + "\n").getBytes(UTF_8)), file.size());
            }
        }
    }

    /** Those there are, oldest first: by the date in the name, then by when they were made. */
    List<DatedName> existing() throws IOException {
        if (!listed) {
            return settings.path().existing(storage, settings.zone());
        }
        List<String> lines = lines();
        Set<String> there = new LinkedHashSet<>();
        List<DatedName> found = new ArrayList<>();
        for (String name : lines) {
            Optional<DatedName> dated = settings.path().read(name, settings.zone());
            if (!there.contains(name) && storage.exists(name)) {
                there.add(name);
                dated.ifPresent(found::add);
            }
        }
        if (lines.size() - there.size() > MAX_GONE) {
            rewrite(there);
        }
        found.sort(Comparator.comparingLong(DatedName::startMicros));
        return found;
    }

    private List<String> lines() throws IOException {
        try (StorageFile file = storage.openForReading(list)) {
            ByteBuffer octets = ByteBuffer.allocate(Math.toIntExact(file.size()));
            int read = file.read(octets, 0);
            return new String(octets.array(), 0, read, UTF_8).lines().toList();
        } catch (FileNotFoundException | NoSuchFileException e) {
            return List.of();
        }
    }

    private void rewrite(Set<String> names) throws IOException {
        String fresh = list + ".new";
        byte[] octets = (String.join("\n", names) + "\n").getBytes(UTF_8);
        try (StorageFile file = storage.openForWriting(fresh)) {
            file.truncate(0);
            file.write(ByteBuffer.wrap(octets), 0);
            file.sync();
        }
        storage.rename(fresh, list);
        storage.syncFolder("");
    }
}
