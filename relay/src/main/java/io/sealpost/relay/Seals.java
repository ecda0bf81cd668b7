package io.sealpost.relay;

import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.integrity.CheckpointMessage;
import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.integrity.VerifierKey;
import io.sealpost.relay.pipeline.EventMessage;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.seal.Announcer;
import io.sealpost.relay.seal.ClosedLog;
import io.sealpost.relay.seal.LogFolder;
import io.sealpost.relay.seal.OwnMessages;
import io.sealpost.relay.seal.RememberFile;
import io.sealpost.relay.seal.Remembering;
import io.sealpost.relay.seal.SealFigures;
import io.sealpost.relay.seal.SealOpening;
import io.sealpost.relay.seal.SealSettings;
import io.sealpost.relay.spool.FileStorage;
import io.sealpost.relay.spool.Spool;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.watch.Event;
import io.sealpost.relay.watch.EventKind;
import io.sealpost.relay.watch.Events;
import io.sealpost.relay.watch.IntegrityReading;
import io.sealpost.relay.watch.RelayMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The integrity log of the running relay: wired to the spool, told of in log, events and metrics.
 * Thread-safe once it is open.
 */
final class Seals implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Seals.class);

    private final RelayConfig.Integrity config;
    private final Spool spool;
    private final OwnMessages own;
    private final SealOpening.Opened opened;
    private final Words words;
    private final Optional<Remembering> remembering;

    private Seals(
            RelayConfig.Integrity config,
            Spool spool,
            OwnMessages own,
            SealOpening.Opened opened,
            Words words,
            Optional<Remembering> remembering) {
        this.config = config;
        this.spool = spool;
        this.own = own;
        this.opened = opened;
        this.words = words;
        this.remembering = remembering;
    }

    /** What a relay gives its integrity log. */
    record Surroundings(
            RelayConfig config,
            Spool spool,
            RelayMetrics metrics,
            Events events,
            NanoClock clock) {}

    /**
     * Opens the log, if there is to be one; the spool holds from now on what is not sealed.
     *
     * @param numbers of the upstreams
     * @throws IOException with a sentence for the operator
     */
    static Optional<Seals> open(Surroundings in, Map<String, Integer> numbers) throws IOException {
        RelayConfig config = in.config();
        if (!config.integrity().enabled()) {
            return Optional.empty();
        }
        Storage storage = FileStorage.at(config.dataDir());
        OwnMessages own =
                new OwnMessages(
                        in.spool().smallLane(() -> {}),
                        kind -> in.metrics().event(kind).increment(),
                        in.clock());
        own.upstreams(mask(numbers));
        Optional<RememberFile> file = config.integrity().remember().map(Seals::rememberFile);
        Words words = new Words(in);
        Optional<Remembering> remembering =
                file.map(to -> new Remembering(to, words::remembered, in.clock()));
        words.remembering = remembering;
        SealOpening.Opened opened =
                new SealOpening(new LogFolder(config.dataDir(), storage), file, config.name())
                        .open(
                                new SealSettings(
                                        config.integrity().checkpointInterval(),
                                        config.integrity().keep(),
                                        config.integrity().maxBytes()),
                                in.spool(),
                                own,
                                words,
                                in.clock());
        in.spool().hold(opened.sealing()::covered);
        Seals seals = new Seals(config.integrity(), in.spool(), own, opened, words, remembering);
        in.metrics().integrity(seals::reading);
        if (opened.begins()) {
            opened.keys().forEach(key -> LOG.info("integrity: verifier key {}", key.print()));
        }
        return Optional.of(seals);
    }

    private static RememberFile rememberFile(Path path) {
        Path folder = path.getParent();
        return new RememberFile(
                FileStorage.at(folder == null ? Path.of("/") : folder),
                String.valueOf(path.getFileName()));
    }

    private static long mask(Map<String, Integer> numbers) {
        return numbers.values().stream()
                .mapToLong(number -> 1L << number)
                .reduce(0, (a, b) -> a | b);
    }

    /** Begins to seal. */
    void start() {
        remembering.ifPresent(Remembering::start);
        opened.sealing().start();
    }

    /** Checkpoints go to these upstreams from now on. */
    void upstreams(Map<String, Integer> numbers) {
        own.upstreams(mask(numbers));
    }

    /** The public keys, as whoever verifies needs them. */
    List<String> keys() {
        return opened.keys().stream().map(VerifierKey::print).toList();
    }

    /** How the log stands. */
    SealFigures figures() {
        return opened.sealing().figures();
    }

    /** Messages on disk that no checkpoint covers. */
    long unsealed() {
        return Math.max(0, spool.synced() - opened.sealing().covered());
    }

    /**
     * Why it cannot be said whether the log was put back from a copy; empty if it was looked at.
     */
    Optional<String> unchecked() {
        return config.remember().isEmpty()
                ? Optional.of("integrity.remember is not set")
                : opened.unchecked();
    }

    /** What is wrong with the log, a sentence each. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        String trouble = figures().trouble();
        if (!trouble.isEmpty()) {
            problems.add("messages cannot be sealed: " + trouble);
        }
        words.alarm.ifPresent(problems::add);
        words.forgetful.ifPresent(problems::add);
        return problems;
    }

    IntegrityReading reading() {
        SealFigures figures = figures();
        return new IntegrityReading(
                figures.size(),
                unsealed(),
                figures.octets(),
                figures.seconds(),
                figures.trouble().isEmpty(),
                words.alarm.isPresent(),
                unchecked().isPresent(),
                remembering.isPresent() && words.forgetful.isEmpty());
    }

    /** Seals all that is durable, and ends. Idempotent. */
    @Override
    public void close() throws IOException {
        opened.sealing().close();
        remembering.ifPresent(Remembering::close);
    }

    /** Says what happens to it. */
    private static final class Words implements Announcer {
        private final Events events;
        private final NanoClock clock;
        private final EventMessage messages;
        private final CheckpointMessage.Sender sender;
        private Optional<Remembering> remembering = Optional.empty();

        /** What the start found; set before others look. */
        private Optional<String> alarm = Optional.empty();

        /** Why the newest checkpoint cannot be remembered; volatile because status asks. */
        private volatile Optional<String> forgetful = Optional.empty();

        Words(Surroundings in) {
            this.events = in.events();
            this.clock = in.clock();
            long pid = ProcessHandle.current().pid();
            int number = in.config().effectiveEnterpriseNumber();
            this.messages = new EventMessage(in.config().name(), pid, number);
            this.sender =
                    new CheckpointMessage.Sender(in.config().name(), Long.toString(pid), number);
        }

        private Announcement message(Event event) {
            return new Announcement(event.kind(), messages.of(event, clock.epochMicros()));
        }

        @Override
        public Announcement checkpoint(SignedNote note) {
            remembering.ifPresent(to -> to.offer(note));
            return new Announcement(
                    EventKind.CHECKPOINT, CheckpointMessage.of(note, sender, clock.epochMicros()));
        }

        @Override
        public Announcement dropped(long firstLeaf, long endLeaf) {
            String text =
                    "integrity: hashes and metadata of entries %d to %d are dropped, as keep and max-size say"
                            .formatted(firstLeaf, endLeaf - 1);
            LOG.info("{}", text);
            return message(
                    Event.of(EventKind.INTEGRITY_DROPPED, text)
                            .with("first", firstLeaf)
                            .with("end", endLeaf));
        }

        @Override
        public Announcement droppedCheckpoints(long fewerThan) {
            String text =
                    "integrity: stored checkpoints over fewer than %d entries are dropped, as keep and max-size say"
                            .formatted(fewerThan);
            LOG.info("{}", text);
            return message(
                    Event.of(EventKind.INTEGRITY_DROPPED, text).with("checkpoints", fewerThan));
        }

        @Override
        public void lost(long firstSequence, long endSequence) {
            String text =
                    "integrity: messages %d to %d were damaged or removed before they were sealed"
                            .formatted(firstSequence, endSequence - 1);
            LOG.error("{}", text);
            events.raise(
                    Event.of(EventKind.INTEGRITY_GAP, text)
                            .with("first", firstSequence)
                            .with("count", endSequence - firstSequence));
        }

        @Override
        public Announcement reopened(ClosedLog before) {
            String text =
                    "integrity: log %s is closed at %d entries, root %s, and %s goes on: %s"
                            .formatted(
                                    before.origin(),
                                    before.size(),
                                    before.root(),
                                    before.next(),
                                    before.reason());
            LOG.error("{}", text);
            alarm = Optional.of(text);
            return message(
                    Event.of(EventKind.INTEGRITY_REOPENED, text)
                            .with("closed", before.origin())
                            .with("size", before.size())
                            .with("root", before.root())
                            .with("opened", before.next()));
        }

        @Override
        public void unchecked(String reason, boolean alarming) {
            String text =
                    "integrity: whether data-dir was put back from a copy cannot be said from"
                            + " integrity.remember: "
                            + reason;
            if (alarming) {
                LOG.error("{}", text);
                alarm = Optional.of(text);
                events.raise(Event.of(EventKind.INTEGRITY_ALARM, text));
            } else {
                LOG.info("{}", text);
            }
        }

        @Override
        public void failing(Exception failure, String reason) {
            String text = "integrity: messages cannot be sealed: " + reason;
            LOG.error("{}; the spool keeps them, it is tried again", text);
            LOG.debug("not sealed", failure);
            events.raise(Event.of(EventKind.INTEGRITY_FAILING, text));
        }

        @Override
        public void working() {
            LOG.info("integrity: sealing works again");
            events.raise(Event.of(EventKind.INTEGRITY_WORKING, "integrity: sealing works again"));
        }

        /** A write of the remember file went like this. */
        void remembered(Optional<IOException> failure) {
            Optional<String> now =
                    failure.map(e -> "integrity.remember cannot be written: " + e.getMessage());
            if (now.isPresent() && forgetful.isEmpty()) {
                LOG.error("integrity: {}", now.get());
                events.raise(Event.of(EventKind.INTEGRITY_FAILING, "integrity: " + now.get()));
            }
            if (now.isEmpty() && forgetful.isPresent()) {
                LOG.info("integrity: the newest checkpoint is remembered again");
            }
            forgetful = now;
        }
    }
}
