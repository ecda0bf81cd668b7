package io.sealpost.bench;

import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.seal.Sealing;
import io.sealpost.relay.spool.Batch;
import io.sealpost.relay.spool.FileStorage;
import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.Lane;
import io.sealpost.relay.spool.QueueSettings;
import io.sealpost.relay.spool.Source;
import io.sealpost.relay.spool.Spool;
import io.sealpost.relay.spool.SpoolObserver;
import io.sealpost.relay.spool.SpoolSettings;
import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/**
 * The spool alone, on a real volume: one event loop fills it with 200-octet messages, one upstream
 * reads what is durable. Arguments: folder, millions of messages, and {@code sealed} for the
 * integrity log beside it.
 */
public final class SpoolLoad {
    private static final int CHUNK = 320;
    private static final Source SOURCE =
            new Source(
                    "tcp",
                    Source.Transport.TCP,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                    1,
                    Source.NO_CERTIFICATE);

    private final LongAdder syncs = new LongAdder();
    private final LongAdder syncNanos = new LongAdder();
    private final Semaphore space = new Semaphore(0);

    private SpoolLoad() {}

    /** Runs the load and prints the figures. */
    public static void main(String[] arguments) throws Exception {
        boolean sealed = arguments.length > 2 && arguments[2].equals("sealed");
        long messages = Long.parseLong(arguments[1]) * 1_000_000;
        new SpoolLoad().run(Path.of(arguments[0]), messages, sealed);
    }

    private void run(Path folder, long messages, boolean sealed) throws Exception {
        SpoolSettings settings =
                new SpoolSettings(
                        10L << 30,
                        128L << 20,
                        Duration.ofMillis(1),
                        Duration.ZERO,
                        256L << 20,
                        SpoolSettings.WhenFull.BLOCK,
                        64 * 1024);
        QueueSettings queueSettings =
                new QueueSettings(
                        8L << 30,
                        Optional.empty(),
                        QueueSettings.WhenQueueFull.BLOCK,
                        QueueSettings.StartAt.NOW);
        NanoClock clock = NanoClock.system();
        try (Spool spool = Spool.open(settings, FileStorage.at(folder), observer(), clock)) {
            Lane lane = spool.lane(space::release);
            UpstreamQueue queue = spool.queue("upstream", queueSettings);
            Optional<Sealing> sealing =
                    sealed ? Optional.of(SealedLoad.open(folder, spool, clock)) : Optional.empty();
            spool.start();
            sealing.ifPresent(Sealing::start);
            long begin = clock.nanos();
            long cpuBefore = cpuNanos("spool-writer");
            Thread reader = Thread.ofPlatform().name("reader").start(() -> read(queue, messages));
            fill(lane, messages, clock);
            spool.awaitSynced(Duration.ofMinutes(1));
            long filled = clock.nanos() - begin;
            long writerNanos = cpuNanos("spool-writer") - cpuBefore;
            reader.join();
            long all = clock.nanos() - begin;
            System.out.printf(
                    "in: %.2f M msg/s, %.0f MB/s; out by then: %.2f M msg/s; writer %.0f ns CPU/msg;"
                            + " %d syncs, %.2f ms each; %.1f octets/msg while retained%n",
                    messages * 1e3 / filled,
                    messages * 204e3 / filled,
                    messages * 1e3 / all,
                    (double) writerNanos / messages,
                    syncs.sum(),
                    syncNanos.sum() / 1e6 / syncs.sum(),
                    spool.bytes() / (double) (spool.synced() - spool.oldest()));
            if (sealing.isPresent()) {
                SealedLoad.report(sealing.get(), messages, clock, begin);
            }
        }
    }

    private SpoolObserver observer() {
        return new SpoolObserver() {
            @Override
            public void synced(long nanos, long count, long octets) {
                syncs.increment();
                syncNanos.add(nanos);
            }
        };
    }

    private void fill(Lane lane, long messages, NanoClock clock) {
        byte[] frame = new byte[204];
        Arrays.fill(frame, (byte) 'x');
        byte[] prefix = "200 <13>1 - - - - - - ".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(prefix, 0, frame, 0, prefix.length);
        long done = 0;
        while (done < messages) {
            if (!lane.begin()) {
                space.acquireUninterruptibly();
                continue;
            }
            try {
                long micros = clock.epochMicros();
                Batch batch = lane.batch();
                for (int i = 0; i < CHUNK && done < messages && batch.hasRoom(204, 0); i++) {
                    System.arraycopy(frame, 0, batch.frames(), batch.length(), 204);
                    batch.commit(204, SOURCE, micros, done++, 1, 0, 0, frame, 0, 0);
                }
            } finally {
                lane.end();
            }
        }
    }

    private static void read(UpstreamQueue queue, long messages) {
        byte[] octets = new byte[2 << 20];
        long done = 0;
        try {
            while (done < messages) {
                try (FrameRun run = queue.poll(1 << 20, Duration.ofSeconds(1))) {
                    if (run != null) {
                        run.read(octets, 0);
                        done += run.count();
                        queue.confirm(run.end(), new byte[0]);
                    }
                }
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static long cpuNanos(String name) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals(name)) {
                return threads.getThreadCpuTime(thread.threadId());
            }
        }
        return 0;
    }
}
