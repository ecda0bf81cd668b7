package io.sealpost.relay.forward;

import io.sealpost.relay.forward.ArchiveRecovery.Kept;
import io.sealpost.relay.forward.OpenFiles.Target;
import io.sealpost.relay.forward.PathTemplate.DatedName;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.Position;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves messages from a queue into files named by date and message, each exactly once. Confined to
 * the forwarder's thread. After an exception {@link #settle} comes before anything else.
 */
/*
 * Invariant: whatever was appended since the last durable state lies in a file of that state, behind
 * the length that stands there. So before the first octet goes anywhere else (another name, another
 * inode, a file cut by others), a state that says where it will go is made durable (`note`). settle()
 * can then tell from those files alone which messages of the queue are already there.
 *
 * Order of a round: append, sync all, confirm, persist. Were the cursor file to lag behind confirm, a
 * copytruncate and a kill before the next look at the file would deliver the copied messages again.
 *
 * A round that was interrupted has some files with more of its messages than others. settle() writes
 * what is missing up to the last message that any file has, and confirms then: only there the cursor
 * can tell again what is written. All of those go to files of the state, so another interruption
 * finds everything again.
 *
 * There are at most `maxOpen` files in a round, since the state must hold them. Where messages change
 * between more names than that, each `maxOpen` of them cost a sync of each.
 *
 * Not defended against: octets appended between a copytruncate's last read and its cut. They are in
 * neither file, whoever writes.
 */
final class FileDelivery implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(FileDelivery.class);

    /** Taken between two syncs, at most. */
    static final int ROUND_OCTETS = 16 * 1024 * 1024;

    /** Files of a day may still be wanted for so long after it. */
    private static final long SKEW_MICROS = Duration.ofMinutes(10).toNanos() / 1000;

    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    private final FileUpstreamSettings settings;
    private final UpstreamQueue queue;
    private final Storage storage;
    private final NanoClock clock;
    private final ForwardObserver observer;
    private final RunText text;
    private final FileNames names;
    private final OpenFiles files;
    private final ArchiveRecovery recovery;
    private final Retention retention;
    private final Outgoing out = new Outgoing();

    private Position taken;
    private Position appended;
    private long takenMessages;
    private long appendedMessages;
    private long escapedTold;
    private long lookedAt;

    /** Whether the cursor has to wait for {@link #catchUp} to be through. */
    private boolean catchingUp;

    /** Taken from the queue and not confirmed; read by others. */
    private volatile long unconfirmed;

    /** Set by others, taken by the forwarder's thread. */
    private volatile boolean reopenWanted;

    FileDelivery(
            FileUpstreamSettings settings,
            UpstreamQueue queue,
            Storage storage,
            NanoClock clock,
            ForwardObserver observer) {
        this.settings = settings;
        this.queue = queue;
        this.storage = storage;
        this.clock = clock;
        this.observer = observer;
        OwnFiles own = new OwnFiles(settings, storage);
        this.text = new RunText(settings.layout());
        this.names = new FileNames(settings.path(), settings.zone());
        this.files = new OpenFiles(settings, queue, storage, own);
        this.recovery = new ArchiveRecovery(settings, queue, storage, files);
        this.retention = new Retention(settings, storage, own, clock);
        this.taken = queue.confirmed();
        this.appended = taken;
    }

    long unconfirmed() {
        return unconfirmed;
    }

    /** Closes the files before the next write, and opens what then has their names. */
    void reopen() {
        reopenWanted = true;
    }

    /** Begins, or begins again after an exception: finds out what the files have. */
    void settle() throws IOException, InterruptedException {
        files.closeAll();
        storage.createFolder("");
        out.clear();
        catchingUp = false;
        takenMessages = 0;
        appendedMessages = 0;
        unconfirmed = 0;
        queue.rewind(queue.confirmed());
        taken = queue.confirmed();
        appended = taken;
        Optional<ArchiveState> state = ArchiveState.decode(queue.state());
        if (state.isPresent()) {
            Kept kept = recovery.recover(state.get());
            files.interrupted(state.get().files());
            catchUp(kept);
            files.interrupted(List.of());
        }
        files.trust();
    }

    /** Writes what is missing before the last message that any file has. */
    private void catchUp(Kept kept) throws IOException, InterruptedException {
        catchingUp = true;
        while (taken.sequence() < kept.end()) {
            FrameRun run = queue.poll(text.maxRun(), Duration.ZERO);
            if (run == null) {
                break;
            }
            try (run) {
                int count = Math.clamp(kept.end() - run.firstSequence(), 0, run.count());
                text.read(run);
                names.time(run.receivedMicros());
                kept.names().time(run.receivedMicros());
                takeMessages(run, count, kept);
                taken = run.positionOf(count);
            }
        }
        flush();
        catchingUp = false;
        commit();
        queue.rewind(taken);
    }

    /**
     * Writes, syncs and confirms what the queue has, at most about {@link #ROUND_OCTETS}. Waits for
     * the first message.
     *
     * @return the octets taken; 0 if there was no message
     */
    long deliver(Duration wait) throws IOException, InterruptedException {
        FrameRun run = queue.poll(text.maxRun(), wait);
        long octets = 0;
        while (run != null) {
            octets += run.length();
            take(run);
            run = octets < ROUND_OCTETS ? queue.poll(text.maxRun(), Duration.ZERO) : null;
        }
        commit();
        tend(octets);
        return octets;
    }

    private void take(FrameRun run) throws IOException {
        try (run) {
            if (reopenWanted) {
                reopenWanted = false;
                commit();
                files.closeAll();
            }
            text.read(run);
            names.time(run.receivedMicros());
            if (names.perRun()) {
                int most = text.maxLength();
                Target target = place(names.ofRun(), most);
                out.add(target, text.write(out.room(most), out.length()));
                takenMessages += run.count();
            } else {
                takeMessages(run, run.count(), new Kept(names, Map.of()));
            }
            taken = run.end();
            unconfirmed = takenMessages + appendedMessages;
        }
    }

    private void takeMessages(FrameRun run, int count, Kept kept) throws IOException {
        for (int i = 0; i < count; i++) {
            text.next();
            boolean there =
                    !kept.before().isEmpty()
                            && kept.has(kept.names().of(text).name(), run.firstSequence() + i);
            if (!there) {
                int most = text.maxMessageLength();
                DatedName name = names.of(text);
                if (!out.hasRoom(most) || !files.isOpen(name.name())) {
                    taken = run.positionOf(i);
                }
                Target target = place(name, most);
                out.add(target, text.writeMessage(out.room(most), out.length()));
            }
            takenMessages++;
        }
    }

    /** The file's place; there is room for so many octets then. All before must be taken. */
    private Target place(DatedName name, int most) throws IOException {
        if (!out.hasRoom(most)) {
            flush();
        }
        Target target = files.find(name);
        while (target == null) {
            catchingUp = false; // not reached unless the path was changed meanwhile
            commit();
            files.closeEldest();
            target = files.find(name);
        }
        return target;
    }

    private void flush() throws IOException {
        if (!out.isEmpty()) {
            lookedAt = clock.nanos();
            for (Target target : out.targets()) {
                afterOthers(target);
            }
            for (Target target : out.targets()) {
                ArchiveFile _ = files.open(target);
            }
            retention.made(files.takeMade());
            files.note();
            out.writeTo(
                    (target, octets, count) -> {
                        files.append(target, octets, count);
                        retention.wrote(count);
                    });
        }
        if (!catchingUp) {
            appended = taken;
            appendedMessages += takenMessages;
            takenMessages = 0;
        }
    }

    /** Reacts to what others did to a file. */
    private void afterOthers(Target target) throws IOException {
        ArchiveFile file = target.file();
        if (file == null) {
            return;
        }
        switch (file.look()) {
            case UNTOUCHED -> {}
            case GROWN -> file.accept();
            case CUT -> {
                tell(file, "was cut by others; going on behind what is left");
                confirmAppended();
                files.accept(target, file);
            }
            case MOVED -> {
                tell(file, "was renamed or removed by others; going on in a new file");
                confirmAppended();
                files.letGo(target);
            }
        }
    }

    private void tell(ArchiveFile file, String what) {
        LOGGER.info(
                "upstream {}: {} {}",
                settings.name(),
                settings.path().root().resolve(file.name()),
                what);
    }

    private void commit() throws IOException {
        flush();
        confirmAppended();
        long escaped = text.escaped();
        if (escaped != escapedTold) {
            observer.escaped(settings.name(), escaped - escapedTold);
            escapedTold = escaped;
        }
    }

    /** The cursor moves here, and only here, behind messages just written: after the sync. */
    private void confirmAppended() throws IOException {
        if (appended.sequence() > queue.confirmed().sequence()) {
            files.confirm(appended);
            appendedMessages = 0;
            unconfirmed = takenMessages;
        }
    }

    /** What has to be done now and then, when all is confirmed. */
    private void tend(long octets) throws IOException {
        long now = clock.nanos();
        if (octets == 0 && now - lookedAt >= LOOK_NANOS) {
            lookedAt = now;
            lookWhileIdle();
        }
        if (reopenWanted && octets == 0) {
            reopenWanted = false;
            files.closeAll();
        }
        long longAgo = clock.epochMicros() - SKEW_MICROS;
        for (Target target : files.all()) {
            if (target.dated.endMicros() < longAgo) {
                files.close(target);
            }
        }
        if (retention.due()) {
            retention.apply(files::isOpen);
        }
    }

    /** Lets files go that others have renamed or removed; the next message opens the next. */
    private void lookWhileIdle() throws IOException {
        for (Target target : files.all()) {
            ArchiveFile file = target.file();
            ArchiveFile.Fate fate = file == null ? ArchiveFile.Fate.UNTOUCHED : file.look();
            if (fate == ArchiveFile.Fate.MOVED) {
                files.close(target);
            } else if (fate == ArchiveFile.Fate.CUT) {
                afterOthers(target);
            }
        }
        files.note();
    }

    /** Closes the files. What was appended and not synced is for {@link #settle} to find. */
    @Override
    public void close() throws IOException {
        files.closeAll();
    }
}
