package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.tls.TestCertificates;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The files of {@code conf/senders} in Debian's rsyslog, behind its journald, too, syslog-ng, nginx
 * and Apache: only the relay's name, ports and paths are changed, and an input is added.
 */
@Tag("interop")
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SendersIT {
    private static final int COUNT = 3_000;
    private static final int REQUESTS = 50;
    private static final int ENTRIES = 500;
    private static final Path JOURNALD = Path.of("/usr/lib/systemd/systemd-journald");

    /** local6.info */
    private static final int INFO = 22 * 8 + 6;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TestCertificates CERTIFICATES = TestCertificates.shared();

    private Path dir = Path.of("");
    private Relay relay;

    @BeforeAll
    void startRelay(@TempDir Path folder) throws IOException {
        dir = folder;
        String block =
                """
                certificate = "%s", key = "%s", trust = "%s", client-auth = require"""
                        .formatted(
                                CERTIFICATES.certificate("server"),
                                CERTIFICATES.key("server"),
                                CERTIFICATES.certificate("ca"));
        relay = Relay.prepare(dir, block, Map.of()).start();
    }

    @AfterAll
    void stopRelay() throws Exception {
        try (Relay _ = relay) {
            if (relay != null) {
                relay.awaitDelivered();
                relay.assertBooksBalance();
                relay.terminate();
                relay.stopped();
            }
        }
    }

    /** The file, for this relay. */
    private String sender(String name) throws IOException {
        return Files.readString(Peers.checkout().resolve("conf/senders").resolve(name))
                .replace("relay.example.com", "localhost")
                .replaceAll("\\b6514\\b", "" + relay.tls)
                .replaceAll("\\b2514\\b", "" + relay.relp)
                .replace("/etc/ssl/sealpost/ca.pem", "" + CERTIFICATES.certificate("ca"))
                .replace("/etc/ssl/sealpost/client.pem", "" + CERTIFICATES.certificate("web1"))
                .replace("/etc/ssl/sealpost/client.key", "" + CERTIFICATES.key("web1"));
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(dir.resolve(name));
    }

    private Program rsyslog(String name, int in, String senders) throws IOException {
        Path folder = folder(name);
        String conf =
                """
                global(workDirectory="%s" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off")
                module(load="imptcp" threads="1")
                input(type="imptcp" address="127.0.0.1" port="%d")
                """
                        .formatted(folder, in);
        Path file = Files.writeString(folder.resolve("rsyslog.conf"), conf + senders);
        return Peers.rsyslog(file, folder, in);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rsyslog-tcp.conf",
                "rsyslog-tls.conf",
                "rsyslog-relp.conf",
                "rsyslog-disk-queue.conf"
            })
    void rsyslog_sends_every_message_once(String name) throws Exception {
        int in = Ports.free();
        try (Program _ =
                rsyslog(name, in, sender(name).replace("\"514\"", "\"" + relay.tcp + '"'))) {
            feed(in, name, 0, COUNT);
            assertAllArrive(name, COUNT, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsyslog-relp.conf", "rsyslog-disk-queue.conf"})
    void over_relp_nothing_is_lost_while_the_relay_is_killed_and_away(String name)
            throws Exception {
        String series = "away-" + name;
        int in = Ports.free();
        try (RelpTap tap = RelpTap.before(relay.relp, () -> RelpTap.NEVER);
                Program _ =
                        rsyslog(
                                series,
                                in,
                                sender(name).replace("" + relay.relp, "" + tap.port()))) {
            feed(in, series, 0, COUNT);
            relay.kill();
            feed(in, series, COUNT, 2 * COUNT);
            relay.start();

            waitFor(() -> missing(series, 2 * COUNT).isEmpty());
            List<Integer> missing = missing(series, 2 * COUNT);
            assertThat(Sample.numbers(series, tap.acknowledged()))
                    .as("acknowledged")
                    .noneMatch(missing::contains);
            // more than once what was stored but not acknowledged when the relay was killed
            assertThat(missing).as("never acknowledged").isEmpty();
        }
    }

    @Test
    void syslog_ng_sends_every_message_over_tls_and_over_tcp() throws Exception {
        int in = Ports.free();
        Path folder = folder("syslog-ng");
        String conf =
                """
                @version: 3.38
                options { keep-hostname(yes); use-dns(no); log-msg-size(65536); time-reopen(1); stats-freq(0);
                          frac-digits(6); ts-format(iso); };
                source s_src { syslog(transport("tcp") ip("127.0.0.1") port(%d)); };
                """
                        .formatted(in);
        String sender =
                sender("syslog-ng.conf")
                        .replace("port(514)", "port(" + relay.tcp + ")")
                        .replace("disk-buffer(", "disk-buffer(dir(\"" + folder + "\") ");
        Path file = Files.writeString(folder.resolve("syslog-ng.conf"), conf + sender);
        try (Program _ = Peers.syslogNg(file, folder, in)) {
            feed(in, "syslog-ng", 0, COUNT);
            assertAllArrive("syslog-ng", COUNT, 2); // the file has both destinations
        }
    }

    @Test
    void rsyslog_sends_access_logs_of_nginx_and_apache() throws Exception {
        Path logs = folder("logs");
        Path nginx = Files.createFile(logs.resolve("nginx.log"));
        Path apache = Files.createFile(logs.resolve("apache.log"));
        String files =
                sender("rsyslog-files.conf")
                        .replace("/var/log/nginx/access.log", nginx.toString())
                        .replace("/var/log/apache2/access.log", apache.toString());
        int in = Ports.free();
        try (Program _ = rsyslog("files", in, files + sender("rsyslog-relp.conf"))) {
            Files.write(nginx, accessLog("nginx"), StandardOpenOption.APPEND);
            Files.write(apache, accessLog("apache"), StandardOpenOption.APPEND);

            assertRequestsArrive("nginx", "/nginx-");
            assertRequestsArrive("apache2", "/apache-");
        }
    }

    private static List<String> accessLog(String server) {
        String line =
                "203.0.113.7 - - [28/Nov/2026:12:00:00 +0000] \"GET /%s-%d HTTP/1.1\" 200 5 \"-\" \"a\"";
        return IntStream.range(0, REQUESTS).mapToObj(n -> line.formatted(server, n)).toList();
    }

    @Test
    void rsyslog_sends_what_it_finds_in_the_journal() throws Exception {
        if (!Files.isExecutable(JOURNALD)) {
            Peers.missing(JOURNALD.toString());
        }
        Path folder = folder("journal");
        String conf =
                "global(workDirectory=\"%s\" maxMessageSize=\"64k\")%n".formatted(folder)
                        + sender("journald-rsyslog.conf")
                        + sender("rsyslog-relp.conf");
        Path file = Files.writeString(folder.resolve("rsyslog.conf"), conf);
        List<String> command =
                new ArrayList<>(List.of("src/test/scripts/with-journal", "journal-entry"));
        command.addAll(Peers.rsyslogd());
        command.addAll(List.of("-n", "-i" + folder.resolve("rsyslogd.pid"), "-f", "" + file));
        try (Program journal = Program.start(folder.resolve("out"), Map.of(), command)) {
            try (OutputStream entries = journal.input()) {
                for (int n = 0; n < ENTRIES; n++) {
                    String entry = Sample.text("journal", n) + "\n";
                    entries.write(entry.getBytes(StandardCharsets.UTF_8));
                }
            }

            waitFor(() -> missing("journal", ENTRIES).isEmpty());
            assertThat(Sample.ofSeries("journal", relay.archive()))
                    .as(journal.output())
                    .hasSize(ENTRIES)
                    .allSatisfy(
                            message ->
                                    assertThat(Fields.of(message).app())
                                            .isEqualTo("journal-entry"));
        }
    }

    @Test
    void nginx_sends_its_access_log() throws Exception {
        int http = Ports.free();
        Path folder = folder("nginx");
        String conf =
                """
                daemon off; pid "%s/pid"; user root; error_log stderr; events {}
                http {
                  client_body_temp_path "%s/1"; proxy_temp_path "%s/2"; fastcgi_temp_path "%s/3";
                  uwsgi_temp_path "%s/4"; scgi_temp_path "%s/5";
                  server { listen 127.0.0.1:%d; return 204; %s }
                }
                """
                        .formatted(
                                folder,
                                folder,
                                folder,
                                folder,
                                folder,
                                folder,
                                http,
                                sender("nginx.conf").replace(":514", ":" + relay.udp));
        Path file = Files.writeString(folder.resolve("nginx.conf"), conf);
        List<String> command =
                List.of(Peers.nginx().toString(), "-c", "" + file, "-p", "" + folder);
        try (Program program = Program.start(folder.resolve("out"), Map.of(), command)) {
            Peers.ready("nginx", program, http);
            request(http, "nginx-itself");

            assertRequestsArrive("nginx", "/nginx-itself-");
        }
    }

    @Test
    void apache_sends_its_access_log() throws Exception {
        int http = Ports.free();
        Path folder = folder("apache");
        Path modules = Peers.apacheModules();
        StringBuilder conf = new StringBuilder();
        for (String module : List.of("mpm_event", "authz_core")) {
            conf.append("LoadModule %s_module %s/mod_%s.so\n".formatted(module, modules, module));
        }
        conf.append(
                """
                ServerRoot "%s"
                DefaultRuntimeDir "%s"
                PidFile "%s/pid"
                Listen 127.0.0.1:%d
                ServerName localhost
                User nobody
                Group nogroup
                DocumentRoot "%s"
                LogFormat "%%h %%l %%u %%t \\"%%r\\" %%>s %%O \\"%%{Referer}i\\" \\"%%{User-Agent}i\\"" combined
                """
                        .formatted(folder, folder, folder, http, folder));
        conf.append(sender("apache.conf").replace("-P 514", "-P " + relay.tcp));
        Path file = Files.writeString(folder.resolve("apache.conf"), conf);
        List<String> command =
                List.of(Peers.apache().toString(), "-DFOREGROUND", "-f", file.toString());
        try (Program program = Program.start(folder.resolve("out"), Map.of(), command)) {
            Peers.ready("apache2", program, http);
            request(http, "apache-itself");

            assertRequestsArrive("apache2", "/apache-itself-");
        }
    }

    private static void request(int port, String path) throws IOException {
        for (int n = 0; n < REQUESTS; n++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                String request = "GET /%s-%d HTTP/1.0\r\n\r\n".formatted(path, n);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                socket.getInputStream().readAllBytes();
            }
        }
    }

    private static void feed(int in, String series, int from, int to) throws IOException {
        Feeder.series(in, series, IntStream.range(from, to).boxed().toList());
    }

    private void assertAllArrive(String series, int count, int times) throws Exception {
        waitFor(() -> Sample.ofSeries(series, relay.archive()).size() >= count * times);
        assertThat(missing(series, count)).isEmpty();
        assertThat(numbers(series).size()).as("%s of each", times).isEqualTo(count * times);
    }

    private List<Integer> missing(String series, int count) throws IOException {
        Set<Integer> arrived = Set.copyOf(numbers(series));
        return IntStream.range(0, count).boxed().filter(n -> !arrived.contains(n)).toList();
    }

    private List<Integer> numbers(String series) throws IOException {
        return Sample.numbers(series, relay.archive());
    }

    private void assertRequestsArrive(String app, String path) throws Exception {
        waitFor(() -> requests(path).size() >= REQUESTS);
        assertThat(requests(path))
                .hasSize(REQUESTS)
                .doesNotHaveDuplicates()
                .allSatisfy(
                        message -> {
                            Fields fields = Fields.of(message);
                            assertThat(fields.app()).isEqualTo(app);
                            assertThat(fields.pri()).isEqualTo(INFO);
                            assertThat(fields.text()).contains("\"GET " + path);
                        });
    }

    private List<String> requests(String path) throws IOException {
        return relay.archive().stream().filter(message -> message.contains("GET " + path)).toList();
    }

    private static void waitFor(Callable<Boolean> condition) {
        try {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(condition);
        } catch (ConditionTimeoutException _) {
            // the check that follows says what is missing
        }
    }
}
