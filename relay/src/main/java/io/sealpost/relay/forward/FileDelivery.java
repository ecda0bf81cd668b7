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

    /** Appended at a time. */
    private static final int WRITE_OCTETS = 1024 * 1024;

    /** Appended between two syncs, at most. */
    static final int ROUND_OCTETS = 16 * 1024 * 1024;

    /** Listeners' batches may be this much out of order around a date change. */
    private static final long SKEW_MICROS = Duration.ofMinutes(10).toNanos() / 1000;

    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    private final FileUpstreamSettings settings;
    private final UpstreamQueue queue;
    private final Storage storage;
    private final NanoClock clock;
    private final ForwardObserver observer;
    private final RunText text;
    private final ArchiveCursor cursor;
    private final ArchiveRecovery recovery;
    private final Retention retention;

    private byte[] out = new byte[WRITE_OCTETS];
    private int outLength;
    private Position taken;
    private Position appended;
    private long takenMessages;
    private long appendedMessages;
    private boolean unsynced;
    private long escapedTold;
    private long lookedAt;
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
        this.text = new RunText(settings.layout());
        this.cursor = new ArchiveCursor(queue, settings.layout());
        this.recovery = new ArchiveRecovery(settings, queue, storage, cursor);
        this.retention = new Retention(settings, storage, clock);
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
            recovery.recover(state.get())
                    .ifPresent(
                            found -> {
                                file = found.file();
                                dated = found.dated();
                            });
        }
        cursor.trust();
        taken = queue.position();
        appended = taken;
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
            place(run.receivedMicros());
            int room = text.read(run);
            if (out.length - outLength < room) {
                flush();
            }
            if (out.length < room) {
                out = new byte[room];
            }
            outLength += text.write(out, outLength);
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
        cursor.note(opened);
        return opened;
    }

    private void flush() throws IOException {
        ArchiveFile target = file;
        if (outLength == 0 || target == null) {
            return;
        }
        target = afterOthers(target);
        if (!cursor.noted()) {
            cursor.note(target);
        }
        unsynced = true;
        target.append(out, outLength, settings.layout().framing());
        retention.wrote(outLength);
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
                cursor.note(target);
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
            cursor.sync(target);
            unsynced = false;
            cursor.confirm(appended, target);
            appendedMessages = 0;
            unconfirmed = takenMessages;
        }
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
        if (retention.due()) {
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
        retention.apply(file == null ? "" : dated.name());
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
