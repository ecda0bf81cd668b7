package io.sealpost.relay.forward;

import io.sealpost.relay.forward.PathTemplate.DatedName;
import io.sealpost.relay.spool.Position;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files that are written at present, a limited number, and the queue's cursor with the state
 * that speaks of them, always made durable together. Confined to the forwarder's thread.
 */
final class OpenFiles {
    private final FileUpstreamSettings settings;
    private final UpstreamQueue queue;
    private final Storage storage;
    private final OwnFiles own;
    private final LinkedHashMap<String, Target> targets = new LinkedHashMap<>(16, 0.75f, true);

    /** What an interrupted round may have written to, until everything before it is confirmed. */
    private List<ArchiveState.Part> interrupted = List.of();

    private boolean noted;
    private boolean distrusted;
    private int made;

    /** A file that is written. What is null is not open, or not any more. */
    static final class Target {
        final DatedName dated;
        private @Nullable ArchiveFile file;
        private long confirmedLength;
        private boolean unsynced;

        Target(DatedName dated) {
            this.dated = dated;
        }

        @Nullable ArchiveFile file() {
            return file;
        }

        private Optional<ArchiveState.Part> part(String name) throws IOException {
            ArchiveFile open = file;
            return open == null
                    ? Optional.empty()
                    : Optional.of(
                            new ArchiveState.Part(
                                    ArchiveState.hash(name),
                                    open.file().identity(),
                                    confirmedLength));
        }
    }

    OpenFiles(FileUpstreamSettings settings, UpstreamQueue queue, Storage storage, OwnFiles own) {
        this.settings = settings;
        this.queue = queue;
        this.storage = storage;
        this.own = own;
    }

    /** The place of this file, which may have to be opened yet; null if all places are taken. */
    @Nullable Target find(DatedName dated) {
        Target target = targets.get(dated.name());
        if (target == null && targets.size() < settings.maxOpen()) {
            target = new Target(dated);
            targets.put(dated.name(), target);
        }
        return target;
    }

    /** Those that have a place, the one not used for longest first. */
    List<Target> all() {
        return new ArrayList<>(targets.values());
    }

    boolean isOpen(String name) {
        return targets.containsKey(name);
    }

    /** Gives up the place that was not used for longest; all must be confirmed. */
    void closeEldest() throws IOException {
        close(targets.values().iterator().next());
    }

    /** Opens a file, or what now has its name. */
    ArchiveFile open(Target target) throws IOException {
        ArchiveFile known = target.file;
        if (known != null) {
            return known;
        }
        String name = target.dated.name();
        if (!storage.exists(name)) {
            own.add(name);
            made++;
        }
        ArchiveFile opened = ArchiveFile.open(storage, name);
        target.file = opened;
        target.unsynced = false;
        target.confirmedLength = lengthBefore(name, opened);
        noted = false;
        return opened;
    }

    /** Without what an interrupted round wrote to it. */
    private long lengthBefore(String name, ArchiveFile opened) throws IOException {
        long hash = ArchiveState.hash(name);
        for (ArchiveState.Part part : interrupted) {
            if (part.name() == hash && part.identity() == opened.file().identity()) {
                return Math.min(part.length(), opened.length());
            }
        }
        return opened.length();
    }

    /** How many files were made since last asked. */
    int takeMade() {
        int taken = made;
        made = 0;
        return taken;
    }

    /** From now on until the next {@link #confirm}, these may hold messages as well. */
    void interrupted(List<ArchiveState.Part> files) {
        interrupted = files;
    }

    /** Goes on behind what is there now; all must be confirmed. */
    void accept(Target target, ArchiveFile file) throws IOException {
        file.accept();
        target.confirmedLength = file.length();
        noted = false;
    }

    /** Makes durable where the next octets will go, unless it is already. */
    void note() throws IOException {
        if (!noted) {
            persist(queue.confirmed());
            noted = true;
        }
    }

    /** Appends to a file that is open and noted. */
    void append(Target target, byte[] octets, int count) throws IOException {
        target.unsynced = true;
        open(target).append(octets, count, settings.layout().framing());
    }

    /** Syncs what was written, and moves the cursor behind it. */
    void confirm(Position upTo) throws IOException {
        for (Target target : targets.values()) {
            ArchiveFile file = target.file;
            if (target.unsynced && file != null) {
                sync(file);
                target.unsynced = false;
            }
        }
        for (Target target : targets.values()) {
            ArchiveFile file = target.file;
            if (file != null) {
                target.confirmedLength = file.length();
            }
        }
        interrupted = List.of();
        persist(upTo);
        noted = true;
    }

    private void persist(Position upTo) throws IOException {
        List<ArchiveState.Part> files = new ArrayList<>(interrupted);
        for (Target target : targets.values()) {
            target.part(target.dated.name()).filter(p -> !files.contains(p)).ifPresent(files::add);
        }
        int surplus = Math.max(0, files.size() - ArchiveState.MAX_FILES);
        ArchiveState state =
                new ArchiveState(
                        settings.layout(),
                        upTo.sequence(),
                        files.subList(surplus, files.size()),
                        settings.path().toString());
        queue.confirm(upTo, state.encode());
        queue.persist();
    }

    /** Syncs a file. If that fails, what files seem to hold is not trusted any more. */
    void sync(ArchiveFile file) throws IOException {
        boolean before = distrusted;
        distrusted = true;
        file.sync();
        distrusted = before;
    }

    /** Whether a sync has failed: then what reads well need not be on the disk. */
    boolean distrusted() {
        return distrusted;
    }

    /** All files were checked since. */
    void trust() {
        distrusted = false;
    }

    /** Closes a file and gives up its place; all must be confirmed. */
    void close(Target target) throws IOException {
        targets.remove(target.dated.name());
        letGo(target);
    }

    /** Closes a file that has lost its name, and keeps its place; all must be confirmed. */
    void letGo(Target target) throws IOException {
        ArchiveFile closing = target.file;
        target.file = null;
        if (closing != null) {
            closing.close();
        }
    }

    /** Closes all. */
    void closeAll() throws IOException {
        Collection<Target> closing = new ArrayList<>(targets.values());
        targets.clear();
        interrupted = List.of();
        noted = false;
        IOException failure = null;
        for (Target target : closing) {
            try {
                letGo(target);
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
