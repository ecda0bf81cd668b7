package io.sealpost.relay.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.tls.TestCertificates;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The two servers of an upstream {@code logs}, and what each of them has written. */
final class ServerPair {
    static final String ONE = "one";
    static final String TWO = "two";

    private static final TestCertificates CERTIFICATES = TestCertificates.shared();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(300);
    private static final int SOME = 1000;

    private final Path dir;
    private final Optional<TlsPeer> tls;
    private final Map<String, Integer> ports = Map.of(ONE, Ports.free(), TWO, Ports.free());

    /** Over TLS these, otherwise rsyslog. */
    ServerPair(Path dir, Optional<TlsPeer> tls) {
        this.dir = dir;
        this.tls = tls;
    }

    static ServerPair over(Wire wire, Path dir) {
        return new ServerPair(
                dir, wire == Wire.PLAIN ? Optional.empty() : Optional.of(TlsPeer.RSYSLOG_OPENSSL));
    }

    /** The upstream with this besides. */
    Relay relay(String more) throws IOException {
        String servers =
                "servers = [\"127.0.0.1:%d\", \"127.0.0.1:%d\"]%s"
                        .formatted(port(ONE), port(TWO), more);
        String secured =
                ", transport = tls, tls { trust = \"%s\", server-name = localhost,"
                        + " certificate = \"%s\", key = \"%s\" }";
        return Relay.prepare(
                dir,
                Map.of(
                        "logs",
                        tls.isEmpty()
                                ? servers
                                : servers
                                        + secured.formatted(
                                                CERTIFICATES.certificate("ca"),
                                                CERTIFICATES.certificate("web1"),
                                                CERTIFICATES.key("web1"))));
    }

    int port(String name) {
        return Optional.ofNullable(ports.get(name)).orElseThrow();
    }

    Program start(String name) throws IOException {
        Path folder = Files.createDirectories(dir.resolve(name));
        if (tls.isPresent()) {
            return tls.get().upstream(folder, "server", port(name));
        }
        Path conf =
                Template.write(
                        "rsyslog-upstream.conf",
                        folder.resolve("conf"),
                        Map.of("DIR", folder, "COUNTED", port(name), "LINES", Ports.free()));
        return Peers.rsyslog(conf, folder, port(name));
    }

    /** Server one as a program whose host can be unplugged. */
    Program startSilent() throws IOException {
        Path folder = Files.createDirectories(dir.resolve(ONE));
        Path script = Template.write("silent-server.py", folder.resolve("server.py"), Map.of());
        List<String> command = new ArrayList<>(List.of("python3", script.toString()));
        command.add("" + port(ONE));
        command.add(folder.resolve("messages.log").toString());
        if (tls.isPresent()) {
            command.add(CERTIFICATES.certificate("server").toString());
            command.add(CERTIFICATES.key("server").toString());
        }
        Program program = Program.start(folder.resolve("silent.out"), Map.of(), command);
        await("the silent server listens").atMost(PATIENCE).until(() -> Ports.listening(port(ONE)));
        return program;
    }

    /** From now on nothing gets to the host of this server, and no answer out. */
    static void silence(Program server) throws IOException {
        OutputStream order = server.input();
        order.write("be silent\n".getBytes(UTF_8));
        order.flush();
        await("silence").atMost(PATIENCE).until(() -> server.output().contains("silent"));
    }

    /** Waits until the server has some messages more than now. */
    void awaitMore(String name, String series) throws IOException {
        int before = numbers(name, series).size();
        await("more for " + name)
                .atMost(PATIENCE)
                .pollInterval(LOOK)
                .until(() -> numbers(name, series).size() > before + SOME);
    }

    /** Waits until the servers together have so many different messages of the series. */
    void awaitAll(Relay relay, String series, int sent) throws Exception {
        await("the servers have written all")
                .atMost(PATIENCE)
                .pollInterval(LOOK)
                .untilAsserted(() -> assertThat(union(series)).hasSize(sent));
        relay.awaitDelivered();
        relay.assertBooksBalance();
    }

    TreeSet<Integer> union(String series) throws IOException {
        TreeSet<Integer> all = new TreeSet<>(numbers(ONE, series));
        all.addAll(numbers(TWO, series));
        return all;
    }

    /** What the server of this name has written, in its order. */
    List<Integer> numbers(String name, String series) throws IOException {
        List<String> lines = new ArrayList<>();
        Path counted = dir.resolve(name).resolve("counted.log");
        if (Files.exists(counted)) {
            lines.addAll(Files.readAllLines(counted));
        }
        Path messages = dir.resolve(name).resolve("messages.log");
        if (Files.exists(messages)) {
            // frames follow each other without line ends in what the silent server wrote
            lines.addAll(
                    List.of(
                            Files.readString(messages)
                                    .replaceAll("(\\d+ <\\d+>1 )", "\n$1")
                                    .split("\n")));
        }
        return Sample.numbers(series, lines);
    }

    /** How many each has. */
    String shares(String series) throws IOException {
        return "one %d, two %d".formatted(numbers(ONE, series).size(), numbers(TWO, series).size());
    }
}
