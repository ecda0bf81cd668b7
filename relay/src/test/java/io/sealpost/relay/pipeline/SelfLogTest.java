package io.sealpost.relay.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.protocol.encode.Rfc5424Encoder;
import io.sealpost.protocol.message.Annotate;
import io.sealpost.relay.route.Rules;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.FileStorage;
import io.sealpost.relay.spool.Spool;
import io.sealpost.relay.spool.SpoolObserver;
import io.sealpost.relay.spool.SpoolSettings;
import io.sealpost.relay.watch.Event;
import io.sealpost.relay.watch.EventKind;
import io.sealpost.relay.watch.RelayMetrics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The relay as a sender whose spool takes nothing, and how its messages are written. */
@Timeout(60)
class SelfLogTest {
    private static final SpoolSettings SETTINGS =
            new SpoolSettings(
                    64 << 20,
                    16 << 20,
                    Duration.ofMillis(1),
                    Duration.ZERO,
                    0,
                    SpoolSettings.WhenFull.BLOCK,
                    8192);

    @TempDir Path folder;

    private final RelayMetrics metrics = new RelayMetrics();

    @Test
    void what_a_full_spool_does_not_take_is_counted_and_nobody_waits() throws Exception {
        SelfLog log = new SelfLog("relay1", 32473, metrics, NanoClock.system());
        int raised = 2000;
        try (Spool spool =
                Spool.open(
                        SETTINGS, FileStorage.at(folder), SpoolObserver.NONE, NanoClock.system())) {
            // never started: nobody takes what the lane holds
            log.start(
                    new Intake(
                            spool.smallLane(() -> {}),
                            new Rfc5424Encoder(Annotate.CHANGED, 32473),
                            new Admission.Block(),
                            Rules.everywhere(1),
                            NanoClock.system()));
            for (int i = 0; i < raised; i++) {
                log.raise(Event.ofUpstream(EventKind.UPSTREAM_DOWN, "u" + i / 5, "x".repeat(200)));
            }
            log.close();

            long taken = metrics.event(EventKind.UPSTREAM_DOWN).get();
            long full = metrics.dropped("spool-full").get();
            long behind = metrics.dropped("self-log-full").get();
            assertThat(taken).isPositive().isEqualTo(log.taken());
            assertThat(full + behind).isPositive();
            assertThat(taken + full + behind).isEqualTo(raised);
        }
    }

    @Test
    void events_before_the_start_are_kept_and_those_after_the_end_are_not() throws Exception {
        SelfLog log = new SelfLog("relay1", 32473, metrics, NanoClock.system());
        log.raise(Event.of(EventKind.QUARANTINED, "found at the start"));
        try (Spool spool =
                Spool.open(
                        SETTINGS, FileStorage.at(folder), SpoolObserver.NONE, NanoClock.system())) {
            Intake intake =
                    new Intake(
                            spool.smallLane(() -> {}),
                            new Rfc5424Encoder(Annotate.CHANGED, 32473),
                            new Admission.Block(),
                            Rules.everywhere(1),
                            NanoClock.system());
            spool.start();
            log.start(intake);
            await().until(() -> spool.synced() == 1);
            log.close();
            log.raise(Event.of(EventKind.STOPPING, "too late"));
            log.close();

            assertThat(spool.synced()).isEqualTo(1);
        }
    }

    @Test
    void names_and_texts_of_others_cannot_break_a_message() {
        EventMessage messages = new EventMessage("re lay\u00e9", 77, 4711);
        Event event =
                Event.ofListener(EventKind.CONNECTION_REFUSED, "t", "bad\nname \u0000 \"]\\ end")
                        .with("peer", "a\"b]c\\d\n")
                        .after(3);

        assertThat(new String(messages.of(event, 1_000_001), StandardCharsets.UTF_8))
                .isEqualTo(
                        "<44>1 1970-01-01T00:00:01.000001Z re?lay? sealpost 77 connection-refused"
                                + " [sealpost@4711 listener=\"t\" peer=\"a\\\"b\\]c\\\\d \""
                                + " leftOut=\"3\"] bad name   \"]\\ end (and 3 more like it)");
    }
}
