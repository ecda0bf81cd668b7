package io.sealpost.relay.watch;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Messages a second at each listener, over the last ten seconds. A thread of its own looks at the
 * counters once a second. Thread-safe.
 */
public final class RecentRates implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final int INTERVALS = 10;

    private final RelayMetrics metrics;
    private final Map<String, Window> windows = new HashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    /** The counts at the last looks, the newest at {@code looks - 1}. */
    private static final class Window {
        private final long[] counts = new long[INTERVALS + 1];
        private int looks;

        void look(long count) {
            if (looks == counts.length) {
                System.arraycopy(counts, 1, counts, 0, counts.length - 1);
                looks--;
            }
            counts[looks] = count;
            looks++;
        }

        double perSecond() {
            return looks < 2 ? 0 : (double) (counts[looks - 1] - counts[0]) / (looks - 1);
        }
    }

    /** Rates of the listeners of these metrics. */
    public RecentRates(RelayMetrics metrics) {
        this.metrics = metrics;
    }

    /** Begins to look. */
    public RecentRates start() {
        Thread.ofVirtual().name("recent-rates").start(this::lookOften);
        return this;
    }

    private void lookOften() {
        try {
            do {
                look();
            } while (!closing.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** One look, to be taken once a second. */
    void look() {
        synchronized (windows) {
            metrics.listenerCounts()
                    .forEach(
                            (name, count) ->
                                    windows.computeIfAbsent(name, _ -> new Window()).look(count));
        }
    }

    /** Messages a second at this listener. */
    public double perSecond(String listener) {
        synchronized (windows) {
            Window window = windows.get(listener);
            return window == null ? 0 : window.perSecond();
        }
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
