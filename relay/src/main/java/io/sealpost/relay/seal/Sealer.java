package io.sealpost.relay.seal;

import io.sealpost.relay.integrity.BatchEntry;
import io.sealpost.relay.integrity.IntegrityLog;
import io.sealpost.relay.integrity.StoredCheckpoint;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.BatchReader;
import io.sealpost.relay.spool.Spool;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The work of sealing, step by step. Confined to one thread, but for {@link #figures} and {@link
 * #covered}.
 */
/*
 * One order holds all of it together: what is durable in the spool is hashed; hashes and metadata
 * are synced; then a checkpoint is signed, stored and synced; only then is it told to anybody, and
 * only then may the spool release what it covers. So after a crash at any point everything behind
 * the newest checkpoint is still in the spool, and recovery is the normal work, begun there.
 */
final class Sealer implements AutoCloseable {
    private static final long HEARTBEAT_NANOS = SealSettings.HEARTBEAT.toNanos();
    private static final long FIRST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LAST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Between two looks at what is too old. */
    private static final long TIDY_NANOS = TimeUnit.MINUTES.toNanos(10);

    private static final int MICROS = 1_000_000;

    private final SealSettings settings;
    private final Spool spool;
    private final LogFiles.Opener opener;
    private final OwnMessages own;
    private final Announcer announcer;
    private final NanoClock clock;
    private final BatchSealer batches;

    private @Nullable LogFiles files;
    private @Nullable BatchReader reader;

    /** Sequence behind what was put into the log. */
    private long sealed;

    /** There are messages behind the newest checkpoint that ask for the next one. */
    private boolean fresh;

    private long checkpointNanos;
    private long tidyNanos;
    private long retryNanos;
    private int failures;

    /** Below this sequence the spool may release; volatile because its housekeeping asks. */
    private volatile long covered;

    /** For metrics and status, made anew after each change. */
    private volatile SealFigures figures;

    private Sealer(
            SealSettings settings,
            Spool spool,
            LogFiles.Opener opener,
            LogFiles files,
            OwnMessages own,
            Announcer announcer,
            NanoClock clock) {
        this.settings = settings;
        this.spool = spool;
        this.opener = opener;
        this.own = own;
        this.announcer = announcer;
        this.clock = clock;
        this.batches = new BatchSealer(spool::upstreamName);
        this.checkpointNanos = clock.nanos();
        this.tidyNanos = clock.nanos();
        this.figures = SealFigures.NONE;
        use(files);
    }

    /**
     * A sealer on files that are open. Without a checkpoint yet, it begins with the oldest message
     * that the spool has.
     *
     * @param opener for the files again, after a failure
     */
    static Sealer on(
            LogFiles files,
            SealSettings settings,
            Spool spool,
            LogFiles.Opener opener,
            OwnMessages own,
            Announcer announcer,
            NanoClock clock)
            throws IOException {
        begin(files, spool.oldest(), seconds(clock));
        return new Sealer(settings, spool, opener, files, own, announcer, clock);
    }

    /** A log begins with a checkpoint over nothing, so that hashes without any are a sign. */
    static void begin(LogFiles files, long nextSequence, long seconds) throws IOException {
        if (files.newest().isEmpty()) {
            files.checkpoints().add(files.log().sync(), nextSequence, seconds);
        }
    }

    private void use(LogFiles opened) {
        StoredCheckpoint newest = opened.newest().orElseThrow();
        files = opened;
        reader = spool.batches(newest.nextSequence());
        sealed = newest.nextSequence();
        covered = newest.nextSequence();
        fresh = false;
        show(opened, newest);
    }

    private void show(LogFiles opened, StoredCheckpoint newest) {
        figures =
                new SealFigures(
                        newest.checkpoint().origin(),
                        newest.checkpoint().size(),
                        newest.checkpoint().root().base64(),
                        newest.seconds(),
                        newest.nextSequence(),
                        opened.log().firstLeaf(),
                        opened.octets(),
                        "");
    }

    /** Messages before this one are covered by a checkpoint. Any thread. */
    long covered() {
        return covered;
    }

    /** Sequence behind what was put into the log. */
    long sealed() {
        return sealed;
    }

    /** Nothing can be sealed now. */
    boolean failing() {
        return files == null;
    }

    /** How it stands. Any thread. */
    SealFigures figures() {
        return figures;
    }

    /**
     * Seals what is durable and signs a checkpoint if one is due. Never throws for a failure of
     * files: it is told, and tried again later.
     *
     * @return nanoseconds after which it is to be called again at the latest
     */
    long step() {
        try {
            if (files == null && clock.nanos() - retryNanos < 0) {
                return retryNanos - clock.nanos();
            }
            LogFiles opened = opened();
            seal(opened, Long.MAX_VALUE);
            if (isDue(opened)) {
                checkpoint(opened);
            }
            if (clock.nanos() - tidyNanos >= 0) {
                tidyNanos = clock.nanos() + TIDY_NANOS;
                opened.checkpoints().thin(seconds(clock));
                drop(opened, seconds(clock) - settings.keep().toSeconds());
            }
            own.flush();
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
        return rest();
    }

    /**
     * The last step: everything durable is sealed and covered by a checkpoint; of a backlog as much
     * as can be done in this time. The rest follows at the next start.
     */
    void finish(Duration patience) {
        try {
            LogFiles opened = opened();
            seal(opened, patience.toNanos());
            checkpoint(opened);
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
    }

    private LogFiles opened() throws IOException {
        LogFiles known = files;
        if (known != null) {
            return known;
        }
        use(opener.open());
        return opened();
    }

    private void seal(LogFiles opened, long patienceNanos) throws IOException {
        BatchReader from = reader();
        long begin = clock.nanos();
        while (next(from) && clock.nanos() - begin < patienceNanos) {
            List<BatchEntry.Run> runs = batches.seal(from, opened);
            sealed = from.sequence();
            fresh |= !OwnMessages.areAll(runs);
            if (isDue(opened)) {
                checkpoint(opened);
            }
        }
    }

    private boolean next(BatchReader from) throws IOException {
        boolean found = from.next();
        if (from.lostTo() > from.lostFrom()) {
            announcer.lost(from.lostFrom(), from.lostTo());
            sealed = from.lostTo();
        }
        return found;
    }

    private BatchReader reader() {
        BatchReader known = reader;
        if (known == null) {
            throw new IllegalStateException("not open");
        }
        return known;
    }

    private boolean isDue(LogFiles opened) {
        long since = clock.nanos() - checkpointNanos;
        long interval = fresh ? settings.checkpointInterval().toNanos() : HEARTBEAT_NANOS;
        return since >= interval && opened.log().size() > newest(opened).checkpoint().size();
    }

    private static StoredCheckpoint newest(LogFiles opened) {
        return opened.newest().orElseThrow();
    }

    private void checkpoint(LogFiles opened) throws IOException {
        long before = newest(opened).checkpoint().size();
        opened.metadata().sync();
        IntegrityLog.DurableHead head = opened.log().sync();
        StoredCheckpoint stored = opened.checkpoints().add(head, sealed, seconds(clock));
        checkpointNanos = clock.nanos();
        fresh = false;
        if (stored.checkpoint().size() == before) {
            return;
        }
        covered = stored.nextSequence();
        show(opened, stored);
        if (failures > 0) {
            failures = 0;
            announcer.working();
        }
        own.checkpoint(announcer.checkpoint(stored.note()));
        drop(opened, 0);
    }

    /**
     * Drops what is from before a time, and what is too much, as far as whole files go. Half of
     * what there may be is for checkpoints at most, hashes and metadata have the rest.
     *
     * @param keepFromSeconds since 1970; 0 where nothing is too old
     */
    private void drop(LogFiles opened, long keepFromSeconds) throws IOException {
        OptionalLong firstKept =
                opened.checkpoints().drop(keepFromSeconds, settings.maxBytes() / 2);
        if (firstKept.isPresent()) {
            own.statement(announcer.droppedCheckpoints(firstKept.getAsLong()));
        }
        long keepFrom =
                keepFromSeconds > 0 ? opened.checkpoints().sizeAt(keepFromSeconds).orElse(0) : 0;
        long before = opened.log().firstLeaf();
        long room = settings.maxBytes() - opened.octets() + opened.log().octets();
        long first = opened.log().firstLeafWithin(keepFrom, Math.max(0, room));
        if (first > before) {
            own.statement(announcer.dropped(before, first));
            opened.metadata().dropBefore(first);
            opened.log().dropBefore(first);
        }
        if (first > before || firstKept.isPresent()) {
            show(opened, newest(opened));
        }
    }

    private void fail(Exception e) {
        long delay = Math.min(FIRST_RETRY_NANOS << Math.min(failures, 5), LAST_RETRY_NANOS);
        failures++;
        retryNanos = clock.nanos() + delay;
        try {
            close();
        } catch (IOException | RuntimeException alsoBroken) {
            e.addSuppressed(alsoBroken);
        }
        String reason = String.valueOf(e.getMessage());
        figures = figures.failing(reason);
        announcer.failing(e, reason);
    }

    private long rest() {
        if (files == null) {
            return retryNanos - clock.nanos();
        }
        long interval = fresh ? settings.checkpointInterval().toNanos() : HEARTBEAT_NANOS;
        return Math.max(0, checkpointNanos + interval - clock.nanos());
    }

    /** Now, since 1970. */
    static long seconds(NanoClock clock) {
        return Math.floorDiv(clock.epochMicros(), MICROS);
    }

    @Override
    public void close() throws IOException {
        LogFiles open = files;
        BatchReader from = reader;
        files = null;
        reader = null;
        try (open;
                from) {
            // both, whatever happens to one
        }
    }
}
