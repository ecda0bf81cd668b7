package io.sealpost.relay.integrity;

import io.sealpost.relay.spool.Source;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Metadata entries for tests. */
final class BatchEntries {
    private BatchEntries() {}

    static Source source(int connection) {
        try {
            return new Source(
                    "tcp",
                    Source.Transport.TCP,
                    new InetSocketAddress(
                            InetAddress.getByAddress(new byte[] {10, 1, 2, 3}), 40_000),
                    connection,
                    Source.NO_CERTIFICATE);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** Some messages of one connection, for the upstreams 0 and 2. */
    static BatchEntry plain(long firstIndex, int count) {
        List<BatchEntry.Run> runs =
                List.of(
                        new BatchEntry.Run(
                                source(1), 1_800_000_000_000_000L + firstIndex, 7, count, 5));
        return entry(firstIndex, runs, List.of());
    }

    static BatchEntry entry(
            long firstIndex, List<BatchEntry.Run> runs, List<BatchEntry.Change> changes) {
        return new BatchEntry(
                firstIndex,
                firstIndex * 2,
                1_800_000_000_000_100L,
                runs,
                changes,
                BatchEntry.upstreamsOf(runs, n -> "up" + n));
    }

    static BatchEntry random(Random random, long firstIndex, int mostRuns) {
        List<BatchEntry.Run> runs = new ArrayList<>();
        int messages = 0;
        for (int left = 1 + random.nextInt(mostRuns); left > 0; left--) {
            int count = 1 + random.nextInt(3);
            long mask = random.nextInt(8) == 0 ? random.nextLong() : random.nextInt(4);
            runs.add(
                    new BatchEntry.Run(
                            randomSource(random),
                            1_800_000_000_000_000L + random.nextInt(1_000_000) - 500_000,
                            random.nextInt(1000),
                            count,
                            mask));
            messages += count;
        }
        List<BatchEntry.Change> changes = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            if (random.nextInt(3) == 0) {
                byte[] hash = new byte[Hash.OCTETS];
                random.nextBytes(hash);
                changes.add(
                        new BatchEntry.Change(
                                i,
                                random.nextInt(5),
                                random.nextInt(),
                                random.nextBoolean()
                                        ? Optional.of(Hash.at(hash, 0))
                                        : Optional.empty()));
            }
        }
        return entry(firstIndex, runs, changes);
    }

    private static Source randomSource(Random random) {
        Source plain = source(random.nextInt(3));
        return switch (random.nextInt(4)) {
            case 0 ->
                    new Source(
                            "tls \u00fc",
                            Source.Transport.TLS,
                            plain.peer(),
                            9,
                            "ab".repeat(Hash.OCTETS));
            case 1 ->
                    new Source(
                            "",
                            Source.Transport.INTERNAL,
                            InetSocketAddress.createUnresolved("", 0),
                            0,
                            "CN=x");
            default -> plain;
        };
    }
}
