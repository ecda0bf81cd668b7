package io.sealpost.relay.watch;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One scrape: reads every figure once and writes it in Prometheus' text format. The only place that
 * knows the metrics library. Confined to the scraping thread.
 */
final class Exposition {
    private record Point(List<String> values, double value) {}

    private final Map<MetricName, List<Point>> points = new EnumMap<>(MetricName.class);

    private Exposition() {}

    static void write(RelayMetrics metrics, OutputStream out) throws IOException {
        Exposition exposition = new Exposition();
        metrics.tallies()
                .forEach(
                        (series, tally) ->
                                exposition.count(series.metric(), series.values(), tally.get()));
        exposition.read(metrics.spool());
        metrics.upstreamReadings().forEach(exposition::read);
        metrics.integrityReading().ifPresent(exposition::read);
        List<MetricSnapshot> snapshots = new ArrayList<>();
        for (MetricName metric : MetricName.values()) {
            snapshots.add(
                    metric.type() == MetricName.Type.HISTOGRAM
                            ? histogram(metric, metrics.syncTimes())
                            : exposition.snapshot(metric));
        }
        PrometheusTextFormatWriter.create()
                .write(out, new MetricSnapshots(snapshots), EscapingScheme.UNDERSCORE_ESCAPING);
    }

    private void read(SpoolReadings spool) {
        count(MetricName.SPOOL_BYTES, List.of(), spool.bytes().getAsLong());
        // synced first: a reader must never see more synced than written
        long synced = spool.synced().getAsLong();
        count(MetricName.SPOOL_WRITTEN, List.of(), spool.written().getAsLong());
        count(MetricName.SPOOL_SYNCED, List.of(), synced);
    }

    private void read(IntegrityReading reading) {
        count(MetricName.INTEGRITY_ENTRIES, List.of(), reading.entries());
        count(MetricName.INTEGRITY_UNSEALED, List.of(), reading.unsealed());
        count(MetricName.INTEGRITY_BYTES, List.of(), reading.bytes());
        count(MetricName.INTEGRITY_CHECKPOINT, List.of(), reading.checkpointSeconds());
        add(MetricName.INTEGRITY_WORKING, List.of(), reading.working() ? 1.0 : 0.0);
        add(MetricName.INTEGRITY_ALARM, List.of(), reading.alarm() ? 1.0 : 0.0);
        add(MetricName.INTEGRITY_ROLLBACK_UNCHECKED, List.of(), reading.unchecked() ? 1.0 : 0.0);
        add(MetricName.INTEGRITY_REMEMBERED, List.of(), reading.remembered() ? 1.0 : 0.0);
    }

    private void read(UpstreamReading reading) {
        Account account = reading.account();
        List<String> name = List.of(account.upstream());
        count(MetricName.UPSTREAM_ROUTED, name, account.routed());
        count(MetricName.UPSTREAM_DELIVERED, name, account.delivered());
        count(MetricName.UPSTREAM_QUEUED, name, account.queued());
        add(MetricName.UPSTREAM_LAG, name, reading.lagSeconds());
        count(MetricName.UPSTREAM_UNCONFIRMED, name, reading.unconfirmed());
        count(MetricName.UPSTREAM_RESENT, name, reading.resent());
        add(MetricName.UPSTREAM_CONNECTED, name, reading.connected() ? 1.0 : 0.0);
        account.dropped()
                .forEach(
                        (reason, count) ->
                                count(
                                        MetricName.DROPPED,
                                        List.of(reason, "", account.upstream()),
                                        count));
    }

    private void count(MetricName metric, List<String> values, long value) {
        add(metric, values, (double) value);
    }

    private void add(MetricName metric, List<String> values, double value) {
        points.computeIfAbsent(metric, _ -> new ArrayList<>()).add(new Point(values, value));
    }

    private MetricSnapshot snapshot(MetricName metric) {
        List<Point> found = points.getOrDefault(metric, List.of());
        if (metric.type() == MetricName.Type.COUNTER) {
            return new CounterSnapshot(
                    metadata(metric),
                    found.stream()
                            .map(
                                    point ->
                                            CounterDataPointSnapshot.builder()
                                                    .value(point.value())
                                                    .labels(labels(metric, point))
                                                    .build())
                            .toList());
        }
        return new GaugeSnapshot(
                metadata(metric),
                found.stream()
                        .map(
                                point ->
                                        GaugeDataPointSnapshot.builder()
                                                .value(point.value())
                                                .labels(labels(metric, point))
                                                .build())
                        .toList());
    }

    private static MetricSnapshot histogram(MetricName metric, SyncTimes times) {
        return new HistogramSnapshot(
                metadata(metric),
                List.of(
                        HistogramDataPointSnapshot.builder()
                                .classicHistogramBuckets(
                                        ClassicHistogramBuckets.of(
                                                SyncTimes.bounds(), times.counts()))
                                .sum(times.sumSeconds())
                                .build()));
    }

    private static MetricMetadata metadata(MetricName metric) {
        return new MetricMetadata(metric.base(), metric.help());
    }

    private static Labels labels(MetricName metric, Point point) {
        return Labels.of(metric.labels(), point.values());
    }
}
