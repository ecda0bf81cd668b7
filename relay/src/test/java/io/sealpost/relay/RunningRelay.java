package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sealpost.relay.config.ConfigReader;
import io.sealpost.relay.config.ConfigResult;
import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A whole relay in this JVM, begun with the text of a conf file, as its user and its neighbours see
 * it.
 */
final class RunningRelay implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String REST =
            """
            data-dir = "state"
            listeners.t.transport = tcp
            listeners.t.bind = "127.0.0.1:0"
            spool.reserve = 0
            admin.bind = "127.0.0.1:0"
            log.events = off
            integrity.enabled = false
            """;

    private final Relay relay;
    private final Path conf;
    private final HttpClient client = HttpClient.newHttpClient();

    private RunningRelay(Relay relay, Path conf) {
        this.relay = relay;
        this.conf = conf;
    }

    /**
     * Starts with these lines inside the conf file's {@code sealpost { }}, besides a TCP listener
     * {@code t}, the data folder {@code state} and an admin port.
     */
    static RunningRelay start(Path folder, NanoClock clock, String lines) throws IOException {
        return whole(folder, clock, "sealpost {\n" + REST + lines + "}\n");
    }

    static RunningRelay start(Path folder, String lines) throws IOException {
        return start(folder, NanoClock.system(), lines);
    }

    /** Starts with this conf file and nothing else. */
    static RunningRelay whole(Path folder, NanoClock clock, String text) throws IOException {
        Path conf = folder.resolve("sealpost.conf");
        Files.writeString(conf, text);
        ConfigResult result = ConfigReader.read(conf);
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        return new RunningRelay(Relay.start(((ConfigResult.Loaded) result).config(), clock), conf);
    }

    /** Reloads with these lines in the place of those of the start. */
    Reload.Outcome reload(String lines) throws IOException {
        return reloadWhole("sealpost {\n" + REST + lines + "}\n");
    }

    /** Reloads with this conf file. */
    Reload.Outcome reloadWhole(String text) throws IOException {
        Files.writeString(conf, text);
        return relay.reload();
    }

    /** The start line. */
    String listening() {
        return relay.listening();
    }

    /** The port of a listener or of {@code admin}, from the start line. */
    int port(String name) {
        Matcher matcher = Pattern.compile("\\b" + name + "=\\S*:(\\d+)").matcher(listening());
        assertThat(matcher.find()).as(listening()).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    /** So many messages of so many octets of text, in one connection to {@code t}. */
    void send(int messages, int octets) throws IOException {
        byte[] message = ("<13>1 - host app - - - " + "x".repeat(octets) + "\n").getBytes(US_ASCII);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port("t"))) {
            for (int i = 0; i < messages; i++) {
                socket.getOutputStream().write(message);
            }
        }
    }

    /** Everything under /metrics. */
    String metrics() throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port("admin") + "/metrics");
        return client.send(
                        HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** Waits until /metrics shows the series with this value. */
    void awaitMetric(String series, long value) {
        await(series)
                .atMost(PATIENCE)
                .until(() -> metrics().contains("\n" + series + " " + value + ".0\n"));
    }

    void awaitDelivered(String upstream, long messages) {
        awaitMetric("sealpost_upstream_delivered_total{upstream=\"" + upstream + "\"}", messages);
    }

    void awaitSynced(long messages) {
        awaitMetric("sealpost_spool_synced_total", messages);
    }

    @Override
    public void close() throws IOException {
        client.close();
        relay.close();
    }
}
