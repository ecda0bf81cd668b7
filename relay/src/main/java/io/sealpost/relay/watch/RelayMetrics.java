package io.sealpost.relay.watch;

import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/**
 * All figures of one relay. Thread-safe.
 *
 * <p>Rooms resolve a handle once ({@link #listener}, {@link #changed}) and count on it; what other
 * rooms know themselves is read at each scrape. The metrics library is first touched by the first
 * scrape, so that it costs the start nothing.
 */
public final class RelayMetrics {
    /** Most octets that {@link #snapshot} returns. */
    public static final int MAX_SNAPSHOT_BYTES = CounterSnapshots.MAX_BYTES;

    /** The newest format of a snapshot that is understood. */
    public static final int SNAPSHOT_VERSION = CounterSnapshots.VERSION;

    private final Map<Series, Tally> tallies = new ConcurrentHashMap<>();
    private final Map<String, ListenerMetrics> listeners = new ConcurrentHashMap<>();
    private final Map<String, Supplier<UpstreamReading>> upstreams = new ConcurrentSkipListMap<>();
    private final SyncTimes syncTimes = new SyncTimes();

    /** Set once by the assembly, read by scrapes of any thread. */
    private volatile SpoolReadings spool = new SpoolReadings(() -> 0, () -> 0, () -> 0);

    /** Set once by the assembly where there is an integrity log, read by scrapes. */
    private volatile Supplier<Optional<IntegrityReading>> integrity = Optional::empty;

    /** Metrics with nothing counted yet. */
    public RelayMetrics() {}

    /** The figures of a listener, always the same object for the same name. */
    public ListenerMetrics listener(String name) {
        return listeners.computeIfAbsent(name, key -> new ListenerMetrics(this, key));
    }

    /** Messages changed for this reason. Resolve once, keep. */
    public Tally changed(String reason) {
        return tally(MetricName.CHANGED, reason);
    }

    /**
     * Messages dropped before the spool, at no listener: by a route of this name, or own ones.
     * Resolve once, keep.
     */
    public Tally dropped(String reason) {
        return tally(MetricName.DROPPED, reason, "", "");
    }

    /** Messages cut for this upstream, because they were longer than it takes. */
    public Tally cut(String upstream) {
        return tally(MetricName.UPSTREAM_CUT, upstream);
    }

    /** Octets escaped for this upstream, because they would have ended a line. */
    public Tally escaped(String upstream) {
        return tally(MetricName.UPSTREAM_ESCAPED, upstream);
    }

    /** Messages of the relay itself about events of this kind. */
    public Tally event(EventKind kind) {
        return tally(MetricName.EVENTS, kind.label());
    }

    /** Says where the spool's figures are read. */
    public void spool(SpoolReadings readings) {
        spool = readings;
    }

    /** Says where the integrity log's figures are read. */
    public void integrity(Supplier<IntegrityReading> reading) {
        integrity = () -> Optional.of(reading.get());
    }

    /** The integrity log now; empty if there is none. */
    public Optional<IntegrityReading> integrityReading() {
        return integrity.get();
    }

    /** A sync of the spool took so long. */
    public void synced(long nanos) {
        syncTimes.observe(nanos);
    }

    /** Says where the figures of an upstream are read: once per scrape, so that they agree. */
    public void upstream(String name, Supplier<UpstreamReading> reading) {
        upstreams.put(name, reading);
    }

    /** The upstream is gone; its figures are no longer shown. */
    public void removeUpstream(String name) {
        upstreams.remove(name);
    }

    /** The accounts of all upstreams now, at the spool's synced position. */
    public Books books() {
        List<Account> accounts =
                upstreams.values().stream().map(reading -> reading.get().account()).toList();
        return new Books(spool.synced().getAsLong(), accounts);
    }

    /** Writes everything in Prometheus' text format. Takes milliseconds: not for an event loop. */
    public void writeText(OutputStream out) throws IOException {
        Exposition.write(this, out);
    }

    /** Counters that survive a restart, for {@link #restore}. */
    public byte[] snapshot() {
        return CounterSnapshots.encode(tallies);
    }

    /** The format that a snapshot says it has; 0 if it says nothing. */
    public static int snapshotVersion(byte[] snapshot) {
        return CounterSnapshots.version(snapshot);
    }

    /**
     * Adds what an earlier process had counted. Call once, after the listeners of the conf file
     * were resolved and before anything is counted.
     *
     * @return false if the snapshot is not understood: nothing was added, counting starts at 0
     */
    public boolean restore(byte[] snapshot) {
        return CounterSnapshots.decode(snapshot, (series, count) -> tally(series).add(count));
    }

    Tally tally(MetricName metric, String... values) {
        return tally(new Series(metric, List.of(values)));
    }

    private Tally tally(Series series) {
        return tallies.computeIfAbsent(series, _ -> new Tally());
    }

    /** Messages taken in so far at each listener. */
    Map<String, Long> listenerCounts() {
        Map<String, Long> counts = new HashMap<>();
        listeners.forEach((name, listener) -> counts.put(name, listener.messages()));
        return counts;
    }

    Map<Series, Tally> tallies() {
        return tallies;
    }

    /** All upstreams now, by name. */
    public List<UpstreamReading> upstreamReadings() {
        return upstreams.values().stream().map(Supplier::get).toList();
    }

    SpoolReadings spool() {
        return spool;
    }

    SyncTimes syncTimes() {
        return syncTimes;
    }
}
