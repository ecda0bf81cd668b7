package io.sealpost.relay.forward;

import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.Batch;
import io.sealpost.relay.spool.FileStorage;
import io.sealpost.relay.spool.Lane;
import io.sealpost.relay.spool.QueueSettings;
import io.sealpost.relay.spool.Source;
import io.sealpost.relay.spool.Spool;
import io.sealpost.relay.spool.SpoolObserver;
import io.sealpost.relay.spool.SpoolSettings;
import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** A real spool with one upstream and one lane, for tests of forwarders. */
final class SpoolFeed implements AutoCloseable {
    private static final SpoolSettings SETTINGS =
            new SpoolSettings(
                    1L << 30,
                    16 << 20,
                    Duration.ofMillis(1),
                    Duration.ZERO,
                    0,
                    SpoolSettings.WhenFull.BLOCK,
                    64 * 1024);
    private static final QueueSettings QUEUE =
            new QueueSettings(
                    1L << 30,
                    Optional.empty(),
                    QueueSettings.WhenQueueFull.BLOCK,
                    QueueSettings.StartAt.NOW);
    private static final Source SOURCE =
            new Source(
                    "tcp",
                    Source.Transport.TCP,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                    1,
                    Source.NO_CERTIFICATE);

    private final Path folder;
    private final Semaphore space = new Semaphore(0);
    private final List<String> fed = new ArrayList<>();
    private Opened opened;

    private record Opened(Spool spool, Lane lane, UpstreamQueue queue) {}

    private SpoolFeed(Path folder) throws IOException {
        this.folder = folder;
        this.opened = start();
    }

    static SpoolFeed open(Path folder) throws IOException {
        return new SpoolFeed(folder.resolve("data"));
    }

    private Opened start() throws IOException {
        Spool spool =
                Spool.open(
                        SETTINGS, FileStorage.at(folder), SpoolObserver.NONE, NanoClock.system());
        Lane lane = spool.lane(space::release);
        UpstreamQueue queue = spool.queue("upstream", QUEUE);
        spool.start();
        return new Opened(spool, lane, queue);
    }

    UpstreamQueue queue() {
        return opened.queue;
    }

    void feed(String message) throws IOException {
        put(message);
        durable();
    }

    void feed(int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            put("<13>1 - host app - - - message " + i + " " + "x".repeat(i % 300));
        }
        durable();
    }

    private void put(String message) {
        fed.add(message);
        byte[] octets = message.getBytes(StandardCharsets.ISO_8859_1);
        byte[] prefix = (octets.length + " ").getBytes(StandardCharsets.US_ASCII);
        while (!opened.lane.begin()) {
            space.acquireUninterruptibly();
        }
        try {
            Batch batch = opened.lane.batch();
            System.arraycopy(prefix, 0, batch.frames(), batch.length(), prefix.length);
            System.arraycopy(
                    octets, 0, batch.frames(), batch.length() + prefix.length, octets.length);
            batch.commit(
                    prefix.length + octets.length,
                    SOURCE,
                    NanoClock.system().epochMicros(),
                    fed.size(),
                    1L << opened.queue.number(),
                    0,
                    0,
                    octets,
                    0,
                    0);
        } finally {
            opened.lane.end();
        }
    }

    private void durable() throws IOException {
        if (!opened.spool.awaitSynced(Duration.ofSeconds(60))) {
            throw new IOException("not synced within a minute");
        }
    }

    List<String> fed() {
        return fed;
    }

    Map<String, Long> dropped() {
        return opened.queue.dropped();
    }

    /** A restart of the relay; the queue is another object then. */
    void reopen() throws IOException {
        opened.spool.close();
        opened = start();
    }

    @Override
    public void close() throws IOException {
        opened.spool.close();
    }
}
