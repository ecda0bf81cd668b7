package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/** The relay, started as its user does: {@code packaging/sealpost run -c FILE}. */
final class Relay implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);

    private static final Pattern OWN = Pattern.compile("^<\\d+>1 \\S+ \\S+ sealpost ");

    final int udp = Ports.free();
    final int tcp = Ports.free();
    final int tls = Ports.free();
    final int relp = Ports.free();
    final int relpTls = Ports.free();
    private final int admin = Ports.free();
    private final Path dir;
    private final Path conf;
    private final List<String> upstreams = new ArrayList<>();
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private Optional<Program> program = Optional.empty();
    private int starts;

    private Relay(Path dir) {
        this.dir = dir;
        this.conf = dir.resolve("relay.conf");
    }

    /** A relay with an archive and these TCP upstreams: name and the rest of its block. */
    static Relay prepare(Path dir, Map<String, String> upstreams) throws IOException {
        return prepare(dir, "", upstreams);
    }

    /**
     * The same with listeners {@code tls} and {@code relp-tls} on ports of their own.
     *
     * @param tls their tls block; empty for no such listeners
     * @param upstreams with a transport, where that is not tcp, and a type, where not syslog
     */
    static Relay prepare(Path dir, String tls, Map<String, String> upstreams) throws IOException {
        Path launcher = launcher();
        if (!Files.isExecutable(launcher)) {
            Peers.missing(launcher.toString());
        }
        build(launcher);
        Relay relay = new Relay(dir);
        StringBuilder text = new StringBuilder();
        upstreams.forEach(
                (name, rest) ->
                        text.append(name)
                                .append(" { ")
                                .append(rest.contains("type = ") ? "" : "type = syslog, ")
                                .append(
                                        rest.contains("type = relp")
                                                        || rest.contains("transport = ")
                                                ? ""
                                                : "transport = tcp, ")
                                .append(rest)
                                .append(", retry { first = 50 ms, max = 500 ms } }\n    "));
        relay.upstreams.addAll(upstreams.keySet());
        relay.upstreams.add("archive");
        Template.write(
                "relay.conf",
                relay.conf,
                Map.of(
                        "DIR",
                        dir,
                        "UDP",
                        relay.udp,
                        "TCP",
                        relay.tcp,
                        "RELP",
                        relay.relp,
                        "ADMIN",
                        relay.admin,
                        "LISTENERS",
                        tls.isEmpty() ? "" : relay.tlsListeners(tls),
                        "UPSTREAMS",
                        text));
        return relay;
    }

    private String tlsListeners(String block) {
        return """
        tls { transport = tls, bind = "127.0.0.1:%d", tls { %s } }
        relp-tls { transport = relp, bind = "127.0.0.1:%d", tls { %s } }
        """
                .formatted(tls, block, relpTls, block);
    }

    /** In a fresh checkout the first command builds; later ones find it done. */
    private static void build(Path launcher) throws IOException {
        Path output = Files.createTempFile("sealpost-version", ".out");
        try (Program version =
                Program.start(output, Map.of(), List.of(launcher.toString(), "version"))) {
            await("the launcher has built the relay")
                    .atMost(Duration.ofMinutes(10))
                    .until(() -> !version.alive());
            assertThat(version.exitCode()).as(version.output()).isZero();
        } catch (InterruptedException e) {
            throw new IOException("interrupted while the launcher was building", e);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static Path launcher() throws IOException {
        String other = System.getenv("SEALPOST");
        return other == null ? Peers.packaging("sealpost") : Path.of(other);
    }

    /** Starts it and waits for its line that says that all listeners are open. */
    Relay start() throws IOException {
        starts++;
        Program started =
                Program.start(
                        dir.resolve("relay." + starts + ".out"),
                        Map.of(),
                        List.of(launcher().toString(), "run", "-c", conf.toString()));
        program = Optional.of(started);
        await("the relay listens")
                .atMost(START)
                .pollInterval(Duration.ofMillis(20))
                .failFast(
                        () -> {
                            if (!started.alive()) {
                                throw new AssertionError("relay ended: " + started.output());
                            }
                        })
                .until(() -> started.output().lines().anyMatch(l -> l.contains("listening")));
        return this;
    }

    void kill() throws InterruptedException {
        program.orElseThrow().kill();
    }

    /** Its conf file. */
    String conf() throws IOException {
        return Files.readString(conf);
    }

    void conf(String text) throws IOException {
        Files.writeString(conf, text);
    }

    /** {@code sealpost reload}; what it printed if it went well. */
    String reload() throws IOException, InterruptedException {
        Path output = dir.resolve("reload.out");
        try (Program reload =
                Program.start(
                        output,
                        Map.of(),
                        List.of(launcher().toString(), "reload", "-c", conf.toString()))) {
            await("the answer to a reload").atMost(START).until(() -> !reload.alive());
            assertThat(reload.exitCode()).as(reload.output()).isZero();
            return reload.output();
        }
    }

    /** SIGHUP; waits until the log tells what became of it. */
    void hangUp() throws IOException, InterruptedException {
        Program running = program.orElseThrow();
        long before = reloads(running);
        running.hangUp();
        try {
            await("a reload").atMost(START).until(() -> reloads(running) > before);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("no reload; the relay said:\n" + running.output(), e);
        }
    }

    private static long reloads(Program running) {
        return running.output().lines().filter(line -> line.contains("reloaded ")).count();
    }

    /** What the running program has said. */
    String output() {
        return program.orElseThrow().output();
    }

    void terminate() {
        program.orElseThrow().terminate();
    }

    /** Waits for its end, asserts that it was a good one, and returns what it said. */
    String stopped() throws InterruptedException {
        Program ended = program.orElseThrow();
        assertThat(ended.exitCode()).as("exit code; output:\n%s", ended.output()).isZero();
        assertThat(ended.output()).containsPattern("books at message \\d+: balanced");
        return ended.output();
    }

    /** Every series of /metrics by its name with labels. */
    Map<String, Double> metrics() throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + "/metrics"))
                        .timeout(Duration.ofSeconds(10))
                        .build();
        Map<String, Double> metrics = new HashMap<>();
        client.send(request, BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(
                        line -> {
                            int blank = line.lastIndexOf(' ');
                            metrics.put(
                                    line.substring(0, blank),
                                    Double.valueOf(line.substring(blank + 1)));
                        });
        return metrics;
    }

    long metric(String series) throws IOException, InterruptedException {
        return (long) value(metrics(), series);
    }

    /** Messages of its own that it has made. */
    long events() throws IOException, InterruptedException {
        return sum("sealpost_events_total{");
    }

    /** Messages that it has taken in at all listeners. */
    long received() throws IOException, InterruptedException {
        return sum("sealpost_messages_received_total{");
    }

    private long sum(String series) throws IOException, InterruptedException {
        return metrics().entrySet().stream()
                .filter(e -> e.getKey().startsWith(series))
                .mapToLong(e -> e.getValue().longValue())
                .sum();
    }

    /** Its data folder. */
    Path data() {
        return dir.resolve("data");
    }

    /** Asserts routed = delivered + queued + dropped for every upstream. */
    void assertBooksBalance() throws IOException, InterruptedException {
        Map<String, Double> metrics = metrics();
        for (String upstream : upstreams) {
            String label = "{upstream=\"" + upstream + "\"}";
            double dropped =
                    metrics.entrySet().stream()
                            .filter(e -> e.getKey().startsWith("sealpost_messages_dropped_total{"))
                            .filter(e -> e.getKey().contains("upstream=\"" + upstream + "\""))
                            .mapToDouble(Map.Entry::getValue)
                            .sum();
            double routed = value(metrics, "sealpost_upstream_routed_total" + label);
            double delivered = value(metrics, "sealpost_upstream_delivered_total" + label);
            double queued = value(metrics, "sealpost_upstream_queued" + label);
            assertThat(delivered + queued + dropped)
                    .as("books of %s in %s", upstream, metrics)
                    .isEqualTo(routed);
        }
    }

    private static double value(Map<String, Double> metrics, String series) {
        Double value = metrics.get(series);
        if (value == null) {
            throw new AssertionError("no metric " + series + " in " + metrics.keySet());
        }
        return value;
    }

    /** Waits until no upstream has anything queued. */
    void awaitDelivered() {
        for (String upstream : upstreams) {
            String queued = "sealpost_upstream_queued{upstream=\"" + upstream + "\"}";
            try {
                await(upstream + " has everything")
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(100))
                        .until(() -> metric(queued) == 0);
            } catch (ConditionTimeoutException e) {
                throw new AssertionError(upstream + " lacks messages; said:\n" + output(), e);
            }
        }
    }

    /**
     * Waits for so many messages of a series in the archive and at a sink, a minute at most: the
     * check that follows says what is missing.
     */
    void awaitSeries(String series, int count, Sink sink) {
        try {
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(100))
                    .until(
                            () ->
                                    Sample.ofSeries(series, sink.messages()).size() >= count
                                            && Sample.ofSeries(series, archive()).size() >= count);
        } catch (ConditionTimeoutException _) {
            // said above
        }
    }

    /** The messages of the file archive, in order. */
    List<String> archive() throws IOException {
        List<String> lines = new ArrayList<>();
        Path folder = dir.resolve("archive");
        if (!Files.isDirectory(folder)) {
            return lines;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String text = Files.readString(file);
                lines.addAll(text.lines().toList());
            }
        }
        return lines;
    }

    /** Messages of the archive that the relay itself has made. */
    long own() throws IOException {
        return archive().stream().filter(OWN.asPredicate()).count();
    }

    @Override
    public void close() {
        program.ifPresent(Program::close);
        client.close();
    }
}
