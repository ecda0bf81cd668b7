package io.sealpost.relay.forward;

import io.sealpost.relay.forward.PathTemplate.DatedName;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.Position;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves messages from a queue into dated files, each exactly once. Confined to the forwarder's
 * thread. After an exception {@link #settle} comes before anything else.
 */
/*
 * Invariant: whatever was appended since the last durable state lies behind that state's length in
 * that state's file. So before the first octet goes anywhere else (another date, another inode, a
 * file cut by others), what was appended is synced and confirmed, and a state that says where the
 * next octet will go is made durable (`note`). settle() can then tell from one file which messages
 * of the queue are already there.
 *
 * Order of a round: append, sync, confirm, persist. Were the cursor file to lag behind confirm, a
 * copytruncate and a kill before the next look at the file would deliver the copied messages again.
 *
 * Not defended against: octets appended between a copytruncate's last read and its cut. They are in
 * neither file, whoever writes.
 */
final class FileDelivery implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(FileDelivery.class);

    /** Read from the spool at a time. */
    private static final int RUN_OCTETS = 256 * 1024;

    /** Appended at a time. */
    private static final int WRITE_OCTETS = 1024 * 1024;

    /** Appended between two syncs, at most. */
    static final int ROUND_OCTETS = 16 * 1024 * 1024;

    /** Listeners' batches may be this much out of order around a date change. */
    private static final long SKEW_MICROS = Duration.ofMinutes(10).toNanos() / 1000;

    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long RETENTION_NANOS = Duration.ofMinutes(10).toNanos();
    private static final int RETENTIONS_PER_SIZE = 64;

    private final FileUpstreamSettings settings;
    private final UpstreamQueue queue;
    private final Storage storage;
    private final NanoClock clock;
    private final ForwardObserver observer;
    private final RunText text;
    private final Retention retention;

    private byte[] out = new byte[WRITE_OCTETS];
    private int outLength;
    private Position taken;
    private Position appended;
    private long takenMessages;
    private long appendedMessages;
    private boolean unsynced;
    private boolean noteIsDurable;
    private boolean distrusted;
    private long escapedTold;
    private long lookedAt;
    private long retainedAt;
    private long sinceRetention;
    private @Nullable ArchiveFile file;
    private DatedName dated = new DatedName("", 0, 0);

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
        this.text = new RunText(settings.framing());
        this.retention = new Retention(settings, storage);
        this.taken = queue.confirmed();
        this.appended = taken;
    }

    long unconfirmed() {
        return unconfirmed;
    }

    /** Closes the file before the next write, and opens what then has its name. */
    void reopen() {
        reopenWanted = true;
    }

    /** Begins, or begins again after an exception: finds out what the file has. */
    void settle() throws IOException, InterruptedException {
        close();
        storage.createFolder("");
        outLength = 0;
        unsynced = false;
        takenMessages = 0;
        appendedMessages = 0;
        unconfirmed = 0;
        queue.rewind(queue.confirmed());
        Optional<ArchiveState> state = ArchiveState.decode(queue.state());
        if (state.isPresent()) {
            resume(state.get());
        }
        distrusted = false;
        taken = queue.position();
        appended = taken;
    }

    private void resume(ArchiveState state) throws IOException, InterruptedException {
        String name = locate(state);
        if (name.isEmpty()) {
            LOGGER.info(
                    "upstream {}: {} of before is gone; going on in a new file",
                    settings.name(),
                    settings.path().root().resolve(state.name()));
            return;
        }
        ArchiveFile found = ArchiveFile.open(storage, name);
        file = found;
        if (found.length() > state.length()) {
            checkTail(state, found);
        } else if (found.length() < state.length()) {
            LOGGER.info(
                    "upstream {}: {} was cut by others from {} to {} octets; going on behind them",
                    settings.name(),
                    pathOf(found),
                    state.length(),
                    found.length());
        }
        Optional<DatedName> its = settings.path().read(name, settings.zone());
        if (name.equals(state.name()) && its.isPresent()) {
            dated = its.get();
            note(found);
        } else {
            close();
        }
    }

    /** The name that the state's file has now; empty if it is gone. */
    private String locate(ArchiveState state) throws IOException {
        if (storage.identity(state.name()) == state.identity()) {
            return state.name();
        }
        String folder = PathTemplate.folderOf(state.name());
        for (String entry : storage.list(folder)) {
            String name = folder.isEmpty() ? entry : folder + "/" + entry;
            if (storage.identity(name) == state.identity()) {
                return name;
            }
        }
        return "";
    }

    private void checkTail(ArchiveState state, ArchiveFile found)
            throws IOException, InterruptedException {
        ExpectedMessages expected = new ExpectedMessages(queue, state.framing());
        TailCheck.Result result =
                new TailCheck(found.file(), expected, state.framing())
                        .check(state.length(), !distrusted);
        found.accept();
        sync(found);
        queue.rewind(result.next());
        confirm(result.next(), found);
        LOGGER.info(
                "upstream {}: behind octet {} of {}: {} messages kept, {} octets of an unfinished"
                        + " write cut off, {} octets of others left",
                settings.name(),
                state.length(),
                pathOf(found),
                result.kept(),
                result.cut(),
                result.foreign());
    }

    /**
     * Writes, syncs and confirms what the queue has, at most about {@link #ROUND_OCTETS}. Waits for
     * the first message.
     *
     * @return the octets taken; 0 if there was no message
     */
    long deliver(Duration wait) throws IOException, InterruptedException {
        FrameRun run = queue.poll(RUN_OCTETS, wait);
        long octets = 0;
        while (run != null) {
            octets += run.length();
            take(run);
            run = octets < ROUND_OCTETS ? queue.poll(RUN_OCTETS, Duration.ZERO) : null;
        }
        commit();
        tend(octets);
        return octets;
    }

    private void take(FrameRun run) throws IOException {
        try (run) {
            place(run.receivedMicros());
            int room = text.maxLength(run);
            if (out.length - outLength < room) {
                flush();
            }
            if (out.length < room) {
                out = new byte[room];
            }
            outLength += text.write(run, out, outLength);
            taken = run.end();
            takenMessages += run.count();
            unconfirmed = takenMessages + appendedMessages;
        }
    }

    /** Makes sure that the file for messages of this time is open. */
    private void place(long micros) throws IOException {
        if (reopenWanted) {
            reopenWanted = false;
            commit();
            close();
        }
        if (file != null && (dated.covers(micros) || isSkewed(micros))) {
            return;
        }
        commit();
        close();
        dated = settings.path().at(micros, settings.zone());
        openDated();
        applyRetention();
    }

    private boolean isSkewed(long micros) {
        return micros < dated.startMicros() && micros >= dated.startMicros() - SKEW_MICROS;
    }

    private ArchiveFile openDated() throws IOException {
        ArchiveFile opened = ArchiveFile.open(storage, dated.name());
        file = opened;
        note(opened);
        return opened;
    }

    /** Makes durable where the next octet will go. */
    private void note(ArchiveFile target) throws IOException {
        noteIsDurable = false;
        Position confirmed = queue.confirmed();
        queue.confirm(confirmed, stateOf(target, confirmed));
        queue.persist();
        noteIsDurable = true;
    }

    private byte[] stateOf(ArchiveFile target, Position upTo) throws IOException {
        return target.state(upTo.sequence(), settings.framing()).encode();
    }

    private void flush() throws IOException {
        ArchiveFile target = file;
        if (outLength == 0 || target == null) {
            return;
        }
        target = afterOthers(target);
        if (!noteIsDurable) {
            note(target);
        }
        unsynced = true;
        target.append(out, outLength, settings.framing());
        sinceRetention += outLength;
        outLength = 0;
        appended = taken;
        appendedMessages += takenMessages;
        takenMessages = 0;
    }

    /** Reacts to what others did to the file; the one to write to is returned. */
    private ArchiveFile afterOthers(ArchiveFile target) throws IOException {
        lookedAt = clock.nanos();
        return switch (target.look()) {
            case UNTOUCHED -> target;
            case GROWN -> {
                target.accept();
                yield target;
            }
            case CUT -> {
                tell(target, "was cut by others; going on behind what is left");
                syncAppended(target);
                target.accept();
                note(target);
                yield target;
            }
            case MOVED -> {
                tell(target, "was renamed or removed by others; going on in a new file");
                syncAppended(target);
                close();
                yield openDated();
            }
        };
    }

    private void tell(ArchiveFile target, String what) {
        LOGGER.info("upstream {}: {} {}", settings.name(), pathOf(target), what);
    }

    private void commit() throws IOException {
        flush();
        ArchiveFile target = file;
        if (unsynced && target != null) {
            syncAppended(target);
        }
        long escaped = text.escaped();
        if (escaped != escapedTold) {
            observer.escaped(settings.name(), escaped - escapedTold);
            escapedTold = escaped;
        }
    }

    /** The cursor moves here, and only here, behind messages just written: after the sync. */
    private void syncAppended(ArchiveFile target) throws IOException {
        if (unsynced) {
            sync(target);
            unsynced = false;
            confirm(appended, target);
            appendedMessages = 0;
            unconfirmed = takenMessages;
        }
    }

    private void sync(ArchiveFile target) throws IOException {
        distrusted = true; // until the sync has said otherwise
        target.sync();
        distrusted = false;
    }

    private void confirm(Position upTo, ArchiveFile target) throws IOException {
        queue.confirm(upTo, stateOf(target, upTo));
        queue.persist();
    }

    /** What has to be done now and then. */
    private void tend(long octets) throws IOException {
        long now = clock.nanos();
        ArchiveFile target = file;
        if (octets == 0 && target != null && now - lookedAt >= LOOK_NANOS) {
            target = afterOthersWhileIdle(target);
        }
        if (reopenWanted && octets == 0) {
            reopenWanted = false;
            close();
        }
        if (now - retainedAt >= RETENTION_NANOS
                || sinceRetention > settings.maxBytes() / RETENTIONS_PER_SIZE) {
            applyRetention();
        }
    }

    /** Lets a file go that others have renamed or removed; the next message opens the next. */
    private @Nullable ArchiveFile afterOthersWhileIdle(ArchiveFile target) throws IOException {
        lookedAt = clock.nanos();
        return switch (target.look()) {
            case MOVED -> {
                close();
                yield null;
            }
            case CUT -> afterOthers(target);
            case GROWN, UNTOUCHED -> target;
        };
    }

    private void applyRetention() {
        retainedAt = clock.nanos();
        sinceRetention = 0;
        try {
            retention.apply(file == null ? "" : dated.name(), clock.epochMicros());
        } catch (IOException e) {
            LOGGER.warn(
                    "upstream {}: cannot remove old files of {}: {}; tried again in 10 minutes",
                    settings.name(),
                    settings.path(),
                    FileTrouble.reason(e));
        }
    }

    private String pathOf(ArchiveFile target) {
        return settings.path().root().resolve(target.name()).toString();
    }

    /** Closes the file. What was appended and not synced is for {@link #settle} to find. */
    @Override
    public void close() throws IOException {
        ArchiveFile closing = file;
        file = null;
        if (closing != null) {
            closing.close();
        }
    }
}
