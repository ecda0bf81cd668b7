package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Debian's rsyslog, syslog-ng and util-linux logger as clients of the relay. */
@Tag("interop")
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientInteropIT {
    private static final int UDP_RATE = 2_000;
    private static final int UDP_COUNT = 8_000;
    private static final int TCP_COUNT = 10_000;
    private static final int PROBE_COUNT = 40;
    private static final int WITHHELD = 17;

    /** Each peer has an input for every wire and form, see {@link Case#input}. */
    private static final int LAST = 5;

    private static final String LOGGER = "logger";
    private static final String LOGGER_TAG = "tool";
    private static final String LOGGER_ID = "4711";
    private static final int LOGGER_PRI = 19 * 8 + 5;
    private static final String LOGGER_SD = "[case@32473 name=\"v\"]";

    enum Form {
        RFC5424,
        RFC3164
    }

    enum Wire {
        UDP,
        TCP_COUNTED,
        TCP_LINES
    }

    record Case(String peer, Wire wire, Form form) {
        String series() {
            return peer + "-" + wire + "-" + form;
        }

        int count() {
            return wire == Wire.UDP ? UDP_COUNT : TCP_COUNT;
        }

        int rate() {
            return wire == Wire.UDP ? UDP_RATE : 0;
        }

        int input() {
            int first =
                    switch (wire) {
                        case UDP -> 0;
                        case TCP_COUNTED -> 2;
                        case TCP_LINES -> 4;
                    };
            return form == Form.RFC5424 ? first : first + 1;
        }

        @Override
        public String toString() {
            return series();
        }
    }

    private Path dir = Path.of("");
    private final int[] rsyslogInputs = inputs();
    private final int[] syslogNgInputs = inputs();
    private final Sink sink = new Sink();
    private Relay relay;
    private Program rsyslog;
    private Program syslogNg;

    static Stream<Case> cases() {
        return Stream.of("rsyslog", "syslog-ng", LOGGER)
                .flatMap(
                        peer ->
                                Stream.of(Wire.values())
                                        .flatMap(
                                                wire ->
                                                        Stream.of(Form.values())
                                                                .map(
                                                                        f ->
                                                                                new Case(
                                                                                        peer, wire,
                                                                                        f))));
    }

    @BeforeAll
    void startAll(@TempDir Path folder) throws IOException {
        dir = folder;
        Peers.logger();
        sink.up();
        relay = Relay.prepare(dir, Map.of("sink", sink.upstream())).start();
        rsyslog =
                Peers.rsyslog(
                        conf("rsyslog", rsyslogInputs),
                        dir.resolve("rsyslog"),
                        rsyslogInputs[LAST]);
        syslogNg =
                Peers.syslogNg(
                        conf("syslog-ng", syslogNgInputs),
                        dir.resolve("syslog-ng"),
                        syslogNgInputs[LAST]);
    }

    private static int[] inputs() {
        return IntStream.rangeClosed(0, LAST).map(_ -> Ports.free()).toArray();
    }

    private Path conf(String peer, int[] ports) throws IOException {
        Path folder = Files.createDirectories(dir.resolve(peer));
        Map<String, Object> words = new HashMap<>();
        for (int i = 0; i < ports.length; i++) {
            words.put("IN" + i, ports[i]);
        }
        words.put("DIR", folder);
        words.put("UDP", relay.udp);
        words.put("TCP", relay.tcp);
        return Template.write(peer + "-client.conf", folder.resolve("conf"), words);
    }

    @AfterAll
    void stopAll() throws Exception {
        try (Relay _ = relay;
                Program _ = rsyslog;
                Program _ = syslogNg) {
            if (relay != null && syslogNg != null) {
                relay.awaitDelivered();
                relay.assertBooksBalance();
                assertThat(relay.metric("sealpost_upstream_resent_total{upstream=\"sink\"}"))
                        .isZero();
                relay.terminate();
                relay.stopped();
            }
        } finally {
            sink.down();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void every_message_is_upstream_once_in_order_with_its_fields(Case which) throws Exception {
        // given: the same check finds the one message that is withheld
        String probe = which.series() + "-probe";
        List<Integer> expected = IntStream.range(0, PROBE_COUNT).boxed().toList();
        send(which, probe, expected.stream().filter(n -> n != WITHHELD).toList());
        relay.awaitSeries(probe, PROBE_COUNT - 1, sink);
        assertThat(Findings.of(expected, Sample.numbers(probe, sink.messages())))
                .isEqualTo(Findings.onlyMissing(WITHHELD));

        Instant before = Instant.now();
        expected = IntStream.range(0, which.count()).boxed().toList();
        send(which, which.series(), expected);
        relay.awaitSeries(which.series(), which.count(), sink);

        List<String> upstream = Sample.ofSeries(which.series(), sink.messages());
        Table.add(
                which.peer(),
                which.wire() + " " + which.form(),
                which.count(),
                upstream.size(),
                "kernel drops " + kernelDrops());
        assertThat(Findings.of(expected, Sample.numbers(which.series(), upstream)))
                .isEqualTo(Findings.none());
        assertThat(Sample.ofSeries(which.series(), relay.archive())).isEqualTo(upstream);
        for (int i = 0; i < upstream.size(); i++) {
            assertFields(which, i, Fields.of(upstream.get(i)), before);
        }
        assertThat(kernelDrops()).isZero();
    }

    private long kernelDrops() throws Exception {
        return relay.metric("sealpost_udp_kernel_drops_total{listener=\"udp\"}");
    }

    private void send(Case which, String series, List<Integer> numbers) throws Exception {
        if (which.peer().equals(LOGGER)) {
            logger(which, numbers.stream().map(n -> Sample.text(series, n)).toList());
        } else {
            Feeder.tcp(
                    inputsOf(which)[which.input()],
                    numbers.stream().map(n -> Sample.message(series, n)).toList(),
                    which.rate());
        }
    }

    private int[] inputsOf(Case which) {
        return which.peer().equals("rsyslog") ? rsyslogInputs : syslogNgInputs;
    }

    private void logger(Case which, List<String> lines) throws Exception {
        List<String> command = new ArrayList<>(List.of(Peers.logger().toString()));
        command.addAll(List.of("-n", "127.0.0.1", "-t", LOGGER_TAG, "--id=" + LOGGER_ID));
        command.addAll(List.of("-p", "local3.notice", "-P"));
        if (which.wire() == Wire.UDP) {
            command.addAll(List.of(relay.udp + "", "-d"));
        } else {
            command.addAll(List.of(relay.tcp + "", "-T"));
        }
        if (which.wire() == Wire.TCP_COUNTED) {
            command.add("--octet-count");
        }
        if (which.form() == Form.RFC3164) {
            command.add("--rfc3164");
        } else {
            command.addAll(List.of("--rfc5424=notq", "--msgid", "MID"));
            command.addAll(List.of("--sd-id", "case@32473", "--sd-param", "name=\"v\""));
        }
        try (Program program = Program.start(dir.resolve("logger.out"), Map.of(), command)) {
            Feeder.lines(program.input(), lines, which.rate());
            assertThat(program.exitCode()).as(program.output()).isZero();
        }
    }

    private static void assertFields(Case which, int number, Fields got, Instant before) {
        Fields sent = Sample.message(which.series(), number);
        boolean old = which.form() == Form.RFC3164;
        assertThat(got.text()).isEqualTo(sent.text());
        Instant time = OffsetDateTime.parse(got.timestamp()).toInstant();
        if (which.peer().equals(LOGGER)) {
            assertThat(got.pri()).isEqualTo(LOGGER_PRI);
            assertThat(got.app()).isEqualTo(LOGGER_TAG);
            assertThat(got.procid()).isEqualTo(LOGGER_ID);
            assertThat(got.host()).isNotEqualTo("-").isNotEqualTo("127.0.0.1");
            assertThat(got.msgid()).isEqualTo(old ? "-" : "MID");
            assertThat(got.sd()).isEqualTo(old ? "-" : LOGGER_SD);
            assertThat(time).isBetween(before.minusSeconds(2), Instant.now().plusSeconds(2));
            return;
        }
        assertThat(got.pri()).isEqualTo(sent.pri());
        assertThat(got.host()).isEqualTo(sent.host());
        assertThat(got.app()).isEqualTo(sent.app());
        assertThat(got.procid()).isEqualTo(sent.procid());
        assertThat(got.msgid()).isEqualTo(old ? "-" : sent.msgid());
        assertThat(got.sd()).isEqualTo(old ? "-" : sent.sd());
        Instant sentTime = Instant.parse(sent.timestamp());
        assertThat(time).isEqualTo(old ? sentTime.truncatedTo(ChronoUnit.SECONDS) : sentTime);
    }
}
