package io.sealpost.relay.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.sealpost.relay.watch.RelayMetrics;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdminServerTest {
    private static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final RelayMetrics metrics = new RelayMetrics();
    private final AtomicReference<Optional<String>> obstacle =
            new AtomicReference<>(Optional.empty());
    private final HttpClient client = HttpClient.newHttpClient();
    private AdminServer server;

    @BeforeEach
    void open() throws IOException {
        server = open(AdminSettings.at(ANY_PORT));
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void metrics_come_as_prometheus_text() throws Exception {
        metrics.listener("tcp").received(3, 300);

        HttpResponse<String> answer = get("/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type"))
                .contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body())
                .contains("sealpost_messages_received_total{listener=\"tcp\"} 3.0\n");
    }

    @Test
    void healthz_says_ok_while_the_process_lives() throws Exception {
        assertThat(get("/healthz").body()).isEqualTo("ok\n");
    }

    @Test
    void readyz_names_what_stands_in_the_way() throws Exception {
        assertThat(get("/readyz").statusCode()).isEqualTo(200);

        obstacle.set(Optional.of("spool: not writable"));
        HttpResponse<String> answer = get("/readyz");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("spool: not writable\n");
    }

    @Test
    void head_is_answered_without_a_body() throws Exception {
        HttpResponse<String> answer = send("HEAD", "/healthz");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-length")).contains("3");
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void other_pages_are_not_found_and_other_methods_not_allowed() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/metrics/").statusCode()).isEqualTo(404);
        assertThat(get("/metrics?a=b").statusCode()).isEqualTo(200);
        HttpResponse<String> answer = send("POST", "/metrics");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow")).contains("GET, HEAD");
    }

    @Test
    void pipelined_requests_are_answered_in_order() throws Exception {
        String requests =
                "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n"
                        + "Connection: close\r\n\r\n";

        String answers = exchange(requests);

        assertThat(answers).endsWith("\r\n\r\nok\n");
        assertThat(answers.indexOf("sealpost_spool_bytes")).isPositive();
    }

    @Test
    void a_request_that_is_too_long_is_refused_and_the_connection_closed() throws Exception {
        assertThat(exchange("GET /" + "a".repeat(9000) + " HTTP/1.1\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(exchange("GET / HTTP/1.1\r\nX: " + "a".repeat(9000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(exchange("POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 9000\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ");
    }

    @Test
    void octets_that_are_no_http_do_no_harm() throws Exception {
        assertThat(exchange("\u0016\u0003\u0001garbage\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void an_idle_connection_is_closed() throws Exception {
        AdminSettings impatient = new AdminSettings(ANY_PORT, 8192, 64, Duration.ofMillis(50));
        try (AdminServer other = open(impatient);
                Socket socket = connect(other)) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void connections_above_the_limit_are_closed_and_the_others_served() throws Exception {
        AdminSettings two = new AdminSettings(ANY_PORT, 8192, 2, Duration.ofSeconds(30));
        List<Socket> sockets = new ArrayList<>();
        try (AdminServer other = open(two)) {
            for (int i = 0; i < 3; i++) {
                sockets.add(connect(other));
            }

            assertThat(sockets.getLast().getInputStream().read()).isEqualTo(-1);
            Socket first = sockets.getFirst();
            first.getOutputStream().write("GET /healthz HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
            assertThat(new String(first.getInputStream().readAllBytes(), US_ASCII))
                    .contains("200 OK");
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void a_port_in_use_is_said_in_one_line() {
        AdminSettings taken = AdminSettings.at(server.address());

        assertThatThrownBy(() -> open(taken))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("admin: cannot listen on ")
                .hasMessageContaining("" + server.address().getPort());
    }

    @Test
    void closing_twice_does_no_harm() throws IOException {
        try (Socket open = connect(server)) {
            // an answer shows that the server has the connection, not only the kernel
            open.getOutputStream()
                    .write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
            assertThat(open.getInputStream().read()).isEqualTo('H');

            server.close();
            server.close();

            assertThat(open.getInputStream().readAllBytes()).isNotEmpty();
        }
    }

    private AdminServer open(AdminSettings settings) throws IOException {
        return AdminServer.open(
                settings,
                group,
                NioServerSocketChannel.class,
                new AdminContent(metrics, obstacle::get, this::file));
    }

    private ServedFiles.Answer file(String path, Optional<String> token) {
        byte[] octets = "x".repeat(200_000).getBytes(UTF_8);
        return switch (path) {
            case "some/file" ->
                    new ServedFiles.Answer.Opened(
                            "text/plain",
                            octets.length,
                            ServedFiles.Keeping.FOR_EVER,
                            new ByteArrayInputStream(octets));
            case "secret" ->
                    token.equals(Optional.of("opensesame"))
                            ? new ServedFiles.Answer.Opened(
                                    "text/plain",
                                    1,
                                    ServedFiles.Keeping.FOR_EVER_BY_ONE,
                                    new ByteArrayInputStream(octets))
                            : new ServedFiles.Answer.Forbidden("not for you");
            case "busy" -> new ServedFiles.Answer.Busy("later");
            case "gone" -> new ServedFiles.Answer.Missing("no longer kept");
            default -> ServedFiles.Answer.NOT_FOUND;
        };
    }

    @Test
    void who_shows_no_token_or_another_one_gets_a_reason() throws Exception {
        for (String shown : List.of("", "Bearer opensesam", "Basic opensesame", "opensesame")) {
            HttpResponse<String> refused = send("GET", "/integrity/secret", shown);
            assertThat(refused.statusCode()).as(shown).isEqualTo(401);
            assertThat(refused.body()).isEqualTo("not for you\n");
            assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        }
        HttpResponse<String> good = send("GET", "/integrity/secret", "Bearer opensesame");
        assertThat(good.statusCode()).isEqualTo(200);
        assertThat(good.headers().firstValue("Cache-Control"))
                .contains("private, max-age=31536000, immutable");
        assertThat(get("/integrity/busy").statusCode()).isEqualTo(503);
        assertThat(get("/integrity/gone").body()).isEqualTo("no longer kept\n");
        assertThat(get("/integrity/gone").statusCode()).isEqualTo(404);
    }

    @Test
    void files_of_the_log_are_given_out_and_others_not_found() throws Exception {
        HttpResponse<String> found = get("/integrity/some/file");

        assertThat(found.statusCode()).isEqualTo(200);
        assertThat(found.body()).isEqualTo("x".repeat(200_000));
        assertThat(found.headers().firstValue("Cache-Control"))
                .contains("public, max-age=31536000, immutable");
        assertThat(send("HEAD", "/integrity/some/file").body()).isEmpty();
        assertThat(get("/integrity/none").statusCode()).isEqualTo(404);
        assertThat(send("POST", "/integrity/some/file").statusCode()).isEqualTo(405);
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send("GET", path);
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        return send(method, path, "");
    }

    private HttpResponse<String> send(String method, String path, String authorization)
            throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** Sends the octets as they are and reads until the server closes. */
    private String exchange(String request) throws IOException {
        try (Socket socket = connect(server)) {
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    private static Socket connect(AdminServer server) throws IOException {
        Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }
}
