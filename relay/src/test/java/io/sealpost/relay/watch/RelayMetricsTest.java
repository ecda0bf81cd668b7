package io.sealpost.relay.watch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RelayMetricsTest {
    private final RelayMetrics metrics = new RelayMetrics();

    @Test
    void every_metric_of_the_contract_is_shown_under_its_name() throws IOException {
        fill(metrics);

        assertThat(text(metrics))
                .contains("sealpost_messages_received_total{listener=\"tcp\"} 3.0")
                .contains("sealpost_bytes_received_total{listener=\"tcp\"} 600.0")
                .contains("sealpost_messages_changed_total{reason=\"missing-pri\"} 2.0")
                .contains(
                        "sealpost_messages_dropped_total{listener=\"tcp\",reason=\"spool-full\",upstream=\"\"}"
                                + " 4.0")
                .contains(
                        "sealpost_messages_dropped_total{listener=\"\",reason=\"set-aside\",upstream=\"siem\"}"
                                + " 1.0")
                .contains("sealpost_udp_kernel_drops_total{listener=\"udp\"} 7.0")
                .contains("sealpost_connections{listener=\"tcp\"} 1.0")
                .contains(
                        "sealpost_connections_refused_total{listener=\"tcp\",reason=\"max-connections\"}"
                                + " 1.0")
                .contains("sealpost_relp_acknowledged_total{listener=\"tcp\"} 6.0")
                .contains("sealpost_spool_bytes 4096.0")
                .contains("sealpost_spool_written_total 12.0")
                .contains("sealpost_spool_synced_total 11.0")
                .contains("sealpost_sync_seconds_bucket{le=\"5.0E-4\"} 1")
                .contains("sealpost_sync_seconds_bucket{le=\"+Inf\"} 2")
                .contains("sealpost_sync_seconds_count 2")
                .contains("sealpost_upstream_routed_total{upstream=\"siem\"} 11.0")
                .contains("sealpost_upstream_delivered_total{upstream=\"siem\"} 8.0")
                .contains("sealpost_upstream_queued{upstream=\"siem\"} 2.0")
                .contains("sealpost_upstream_lag_seconds{upstream=\"siem\"} 1.5")
                .contains("sealpost_upstream_unconfirmed{upstream=\"siem\"} 1.0")
                .contains("sealpost_upstream_resent_total{upstream=\"siem\"} 5.0")
                .contains("sealpost_upstream_connected{upstream=\"siem\"} 1.0");
    }

    @Test
    void every_metric_has_help_and_type_before_anything_is_counted() throws IOException {
        String text = text(metrics);

        assertThat(text).contains("# TYPE sealpost_sync_seconds histogram");
        assertThat(text).contains("sealpost_spool_written_total 0.0");
        for (MetricName metric : MetricName.values()) {
            assertThat(metric.help()).endsWith(".");
        }
    }

    /** Write the page anew with {@code -Dsealpost.docs.write=true}. */
    @Test
    void docs_metrics_md_is_the_enum_in_words() throws IOException {
        Path page = Path.of("..", "docs", "metrics.md");
        StringBuilder text = new StringBuilder();
        text.append("# Metrics\n\nServed at `/metrics` of the admin address, in Prometheus' text");
        text.append(" format. Made from `MetricName`.\n\n| metric | type | labels | what |\n");
        text.append("|---|---|---|---|\n");
        for (MetricName metric : MetricName.values()) {
            String type = metric.type().name().toLowerCase(Locale.ROOT);
            String labels = String.join(", ", metric.labels());
            text.append(
                    "| `%s` | %s | %s | %s |\n"
                            .formatted(metric.label(), type, labels, metric.help()));
        }
        if (Boolean.getBoolean("sealpost.docs.write")) {
            Files.writeString(page, text);
        }
        assertThat(page).hasContent(text.toString());
    }

    @Test
    void stored_numbers_are_unique() {
        assertThat(Arrays.stream(MetricName.values()).mapToInt(MetricName::stored))
                .filteredOn(stored -> stored != 0)
                .doesNotHaveDuplicates()
                .hasSize(16);
    }

    @Test
    void counters_survive_a_restart_and_gauges_do_not() throws IOException {
        fill(metrics);
        RelayMetrics after = new RelayMetrics();

        boolean restored = after.restore(metrics.snapshot());
        after.listener("tcp").received(1, 100);

        assertThat(restored).isTrue();
        assertThat(text(after))
                .contains("sealpost_messages_received_total{listener=\"tcp\"} 4.0")
                .contains("sealpost_bytes_received_total{listener=\"tcp\"} 700.0")
                .contains("sealpost_messages_changed_total{reason=\"missing-pri\"} 2.0")
                .contains("reason=\"spool-full\",upstream=\"\"} 4.0")
                .contains("sealpost_udp_kernel_drops_total{listener=\"udp\"} 7.0")
                .contains("reason=\"max-connections\"} 1.0")
                .contains("sealpost_connections{listener=\"tcp\"} 0.0");
    }

    @Test
    void the_snapshot_keeps_its_octets() {
        metrics.listener("a").received(258, 0);
        metrics.changed("x").increment();

        assertThat(metrics.snapshot())
                .isEqualTo(
                        new byte[] {
                            0, 1, 3, 1, 1, 'x', 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 'a', 0, 0, 0, 0, 0,
                            0, 1, 2
                        });
    }

    @Test
    void a_snapshot_cut_anywhere_restores_all_entries_or_none() {
        fill(metrics);
        byte[] whole = metrics.snapshot();

        for (int length = 0; length < whole.length; length++) {
            RelayMetrics after = new RelayMetrics();
            boolean restored = after.restore(Arrays.copyOf(whole, length));
            long counted = after.tallies().values().stream().mapToLong(Tally::get).sum();
            if (!restored) {
                assertThat(counted).isZero();
            }
        }
    }

    @Test
    void a_newer_snapshot_is_refused_and_an_unknown_counter_skipped() {
        byte[] newer = {0, 2};
        byte[] unknown = {0, 1, 99, 0, 0, 0, 0, 0, 0, 0, 0, 1};

        assertThat(metrics.restore(newer)).isFalse();
        assertThat(metrics.restore(unknown)).isTrue();
        assertThat(metrics.tallies()).isEmpty();
    }

    @Test
    void a_snapshot_never_outgrows_its_slot() {
        for (int i = 0; i < 5000; i++) {
            metrics.changed("reason-with-a-long-name-" + i).increment();
        }

        byte[] snapshot = metrics.snapshot();

        assertThat(snapshot.length).isLessThanOrEqualTo(RelayMetrics.MAX_SNAPSHOT_BYTES);
        assertThat(new RelayMetrics().restore(snapshot)).isTrue();
    }

    @Test
    void a_handle_is_resolved_once() {
        assertThat(metrics.listener("tcp")).isSameAs(metrics.listener("tcp"));
        assertThat(metrics.changed("missing-pri")).isSameAs(metrics.changed("missing-pri"));
    }

    @Test
    void a_removed_upstream_is_no_longer_shown() throws IOException {
        fill(metrics);

        metrics.removeUpstream("siem");

        assertThat(text(metrics)).doesNotContain("siem");
        assertThat(metrics.books().accounts()).isEmpty();
    }

    private static void fill(RelayMetrics metrics) {
        ListenerMetrics tcp = metrics.listener("tcp");
        tcp.received(3, 600);
        tcp.acknowledged(6);
        tcp.connectionOpened();
        tcp.connectionOpened();
        tcp.connectionClosed();
        tcp.refused("max-connections").increment();
        tcp.dropped("spool-full").add(4);
        metrics.listener("udp").kernelDropped(7);
        metrics.changed("missing-pri").add(2);
        metrics.spool(new SpoolReadings(() -> 4096, () -> 12, () -> 11));
        metrics.synced(400_000);
        metrics.synced(10_000_000_000L);
        Account account = new Account("siem", 11, 8, 2, Map.of("set-aside", 1L));
        metrics.upstream("siem", () -> new UpstreamReading(account, 1.5, 1, 5, true));
    }

    private static String text(RelayMetrics metrics) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        metrics.writeText(out);
        return out.toString(UTF_8);
    }
}
