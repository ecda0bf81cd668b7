package io.sealpost.bench;

import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.seal.Announcer;
import io.sealpost.relay.seal.ClosedLog;
import io.sealpost.relay.seal.LogFolder;
import io.sealpost.relay.seal.OwnMessages;
import io.sealpost.relay.seal.SealOpening;
import io.sealpost.relay.seal.SealSettings;
import io.sealpost.relay.seal.Sealing;
import io.sealpost.relay.spool.FileStorage;
import io.sealpost.relay.spool.Spool;
import io.sealpost.relay.watch.EventKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** The integrity log beside a load of the spool. */
final class SealedLoad {
    private static final long LOOK_NANOS = 10_000_000;

    private SealedLoad() {}

    static Sealing open(Path folder, Spool spool, NanoClock clock) throws IOException {
        FileStorage storage = FileStorage.at(folder);
        OwnMessages own = new OwnMessages(spool.smallLane(() -> {}), _ -> {}, clock);
        Sealing sealing =
                new SealOpening(new LogFolder(folder, storage), Optional.empty(), "bench")
                        .open(
                                new SealSettings(
                                        Duration.ofSeconds(1), Duration.ofDays(400), 5L << 30),
                                spool,
                                own,
                                new Silent(),
                                clock)
                        .sealing();
        spool.hold(sealing::covered);
        return sealing;
    }

    /** Waits until all is sealed, and prints what that took. */
    static void report(Sealing sealing, long messages, NanoClock clock, long begin)
            throws IOException {
        while (sealing.covered() < messages) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        long all = clock.nanos() - begin;
        long cpu = SpoolLoad.cpuNanos("integrity");
        System.out.printf(
                "sealed: %.2f M msg/s; integrity %.0f ns CPU/msg; %.2f octets/msg%n",
                messages * 1e3 / all,
                (double) cpu / messages,
                (double) sealing.figures().octets() / messages);
        sealing.close();
    }

    /** Says nothing. */
    private static final class Silent implements Announcer {
        private static Announcement of(EventKind kind, String text) {
            return new Announcement(kind, text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Announcement checkpoint(SignedNote note) {
            return of(EventKind.CHECKPOINT, "checkpoint");
        }

        @Override
        public Announcement dropped(long firstLeaf, long endLeaf) {
            return of(EventKind.INTEGRITY_DROPPED, "dropped");
        }

        @Override
        public Announcement droppedCheckpoints(long fewerThan) {
            return of(EventKind.INTEGRITY_DROPPED, "dropped checkpoints");
        }

        @Override
        public Announcement reopened(ClosedLog before) {
            return of(EventKind.INTEGRITY_REOPENED, "reopened");
        }

        @Override
        public void lost(long firstSequence, long endSequence) {
            throw new IllegalStateException("lost " + firstSequence);
        }

        @Override
        public void unchecked(String reason, boolean alarming) {}

        @Override
        public void failing(Exception failure, String reason) {
            throw new IllegalStateException(failure);
        }

        @Override
        public void working() {}
    }
}
