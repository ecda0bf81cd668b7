package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.sealpost.relay.admin.AdminContent;
import io.sealpost.relay.admin.AdminServer;
import io.sealpost.relay.admin.AdminSettings;
import io.sealpost.relay.admin.ServedFiles;
import io.sealpost.relay.integrity.Tile;
import io.sealpost.relay.spool.FileStorage;
import io.sealpost.relay.verify.LogBuilder;
import io.sealpost.relay.watch.RelayMetrics;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Beside
class IntegrityPagesTest {
    @TempDir Path dir;

    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final HttpClient client = HttpClient.newHttpClient();
    private LogInFolder made;
    private AdminServer server;
    private String url;
    private Path token;

    @BeforeEach
    void serve() throws Exception {
        made = LogInFolder.spooled(dir, 10, 60);
        token = made.data().resolve("admin-token");
        server =
                AdminServer.open(
                        AdminSettings.at(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                        group,
                        NioServerSocketChannel.class,
                        new AdminContent(
                                new RelayMetrics(),
                                Optional::empty,
                                new IntegrityPages(
                                        FileStorage.at(made.data()),
                                        AdminToken.orWarning(made.data()))));
        url = "http://127.0.0.1:" + server.address().getPort() + "/integrity";
    }

    @AfterEach
    void close() throws Exception {
        server.close();
        group.shutdownGracefully().awaitUninterruptibly();
        made.close();
    }

    private HttpResponse<byte[]> get(String path, boolean withToken) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path));
        if (withToken) {
            request.header("Authorization", "Bearer " + Files.readString(token).strip());
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void a_log_and_files_are_verified_by_url_while_it_grows() throws Exception {
        String key = made.key();
        String file = made.file();

        assertThat(made.run("verify", "--key", key, url)).as(made.said()).isZero();
        assertThat(made.said())
                .contains("not checked     entries: they are messages", "--token")
                .containsPattern("GOOD .*; not checked: entries\n");
        assertThat(made.run("verify", "--key", key, "--log", url, file)).isZero();
        made.log().filled(3, 60);
        assertThat(made.run("verify", "--key", key, "--log", url, file)).isEqualTo(1);
        assertThat(made.said()).contains("all behind the last line");
        assertThat(made.run("verify", "--key", key, url + "/no")).isEqualTo(1);
    }

    @Test
    void whoever_has_the_token_proves_and_verifies_entries_by_url() throws Exception {
        String copy = Files.copy(token, dir.resolve("token")).toString();
        Files.setPosixFilePermissions(Path.of(copy), PosixFilePermissions.fromString("rw-------"));
        String proof = dir.resolve("p").toString();

        assertThat(made.run("verify", "--key", made.key(), "--token", copy, url)).isZero();
        assertThat(made.said())
                .contains("entries: " + made.log().size() + " of ")
                .doesNotContain("not checked");
        String[] prove = {"prove", "--log", url, "--match", "GET /item/500", "-o", proof};
        assertThat(made.run(prove)).isEqualTo(3);
        assertThat(made.said()).contains("--token");
        assertThat(made.run(join(prove, "--token", copy))).as(made.said()).isZero();
        assertThat(made.run("verify", "--key", made.key(), proof)).isZero();

        String www = dir.resolve("www").toString();
        assertThat(made.run("integrity", "export", "--log", url, www)).isZero();
        assertThat(made.said()).contains("and 0 of the entries", "--token");
        assertThat(made.run("integrity", "export", "--log", url, "--token", copy, www)).isZero();
        assertThat(made.run("verify", "--key", made.key(), www)).isZero();
        assertThat(made.said()).contains("entries: " + made.log().size() + " of ");
    }

    @Test
    void a_token_that_the_relay_does_not_take_ends_with_3() throws Exception {
        Path wrong = Files.writeString(dir.resolve("token"), "x" + Files.readString(token));
        Files.setPosixFilePermissions(wrong, PosixFilePermissions.fromString("rw-------"));
        String[] verify = {"verify", "--key", made.key(), url};
        String www = dir.resolve("www").toString();
        String[] export = {"integrity", "export", "--log", url, www};

        assertThat(made.run(join(verify, "--token", wrong.toString()))).isEqualTo(3);
        assertThat(made.said()).contains("does not take this token").doesNotContain("GOOD");
        assertThat(made.run(join(export, "--token", wrong.toString()))).isEqualTo(3);
    }

    private static String[] join(String[] some, String... more) {
        String[] all = Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return all;
    }

    /** By hand, with nothing of ours: C2SP tlog-tiles, Log entries. */
    @Test
    void bundles_are_those_of_tlog_tiles() throws Exception {
        long size = made.log().size();
        long entries = 0;
        for (long index = 0; index * 256 < size; index++) {
            long width = Math.min(256, size - index * 256);
            String name = "00" + index + (width < 256 ? ".p/" + width : "");
            HttpResponse<byte[]> answer = get("/tile/entries/" + name, true);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type"))
                    .contains("application/octet-stream");
            assertThat(answer.headers().firstValue("Cache-Control").orElse(""))
                    .contains("immutable");
            ByteBuffer bundle = ByteBuffer.wrap(answer.body());
            ByteBuffer hashes = ByteBuffer.wrap(get("/tile/0/" + name, false).body());
            for (int i = 0; i < width; i++) {
                byte[] entry = new byte[Short.toUnsignedInt(bundle.getShort())];
                bundle.get(entry);
                byte[] hash = new byte[32];
                hashes.get(hash);
                MessageDigest sha = MessageDigest.getInstance("SHA-256");
                sha.update((byte) 0);
                assertThat(sha.digest(entry)).isEqualTo(hash);
                entries++;
            }
            assertThat(bundle.hasRemaining() || hashes.hasRemaining()).isFalse();
        }
        assertThat(entries).isEqualTo(size);
        assertThat(get("/tile/entries/000.p/7", true).statusCode())
                .as("of an older size")
                .isEqualTo(200);
        assertThat(get("/tile/entries/009", true).statusCode()).isEqualTo(404);
        assertThat(get("/tile/entries/0", true).statusCode()).isEqualTo(404);
    }

    /** As between the hashes of a batch and the checkpoint over them, or behind a crash there. */
    @Test
    void hashes_that_no_checkpoint_covers_are_not_served() throws Exception {
        long size = made.log().size();
        Path hashes = made.data().resolve("integrity/hashes/0-00000000000000000000.hashes");
        Files.write(hashes, new byte[256 * 32], StandardOpenOption.APPEND);

        int covered = (int) (size % 256);
        String last = "/tile/0/00" + size / 256;
        assertThat(get(last + ".p/" + covered, false).statusCode()).isEqualTo(200);
        assertThat(get(last + ".p/" + (covered + 1), false).statusCode()).isEqualTo(404);
        assertThat(get(last, false).statusCode()).isEqualTo(404);
    }

    @Test
    void entries_are_for_those_who_show_the_token_and_only_while_they_are_kept() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
                .isEqualTo("rw-------");
        assertThat(get("/tile/entries/000", false).statusCode()).isEqualTo(401);
        assertThat(get("/tile/0/000", false).statusCode()).isEqualTo(200);

        made.log().batch(40_000).checkpoint();
        made.log().deliver();

        HttpResponse<byte[]> gone = get("/tile/entries/000", true);
        assertThat(gone.statusCode()).isEqualTo(404);
        assertThat(new String(gone.body(), UTF_8)).contains("no longer kept");
        String last = "/tile/entries/" + (made.log().size() / 256 - 1);
        for (int i = 0; i < 3; i++) {
            assertThat(get(last, true).statusCode()).as("each gives its turn back").isEqualTo(200);
        }
    }

    @Test
    void one_bundle_at_a_time_is_sent() throws Exception {
        Optional<String> shown = Optional.of(Files.readString(token).strip());
        ServedEntries served =
                new ServedEntries(
                        FileStorage.at(made.data()),
                        AdminToken.orWarning(made.data()),
                        Duration.ZERO);
        Tile.Entries bundle = new Tile.Entries(0, 256);

        ServedFiles.Answer first = served.open(bundle, shown);
        assertThat(served.open(bundle, shown)).isInstanceOf(ServedFiles.Answer.Busy.class);
        ((ServedFiles.Answer.Opened) first).in().close();

        for (int i = 0; i < 3; i++) {
            ServedFiles.Answer next = served.open(bundle, shown);
            assertThat(served.open(bundle, shown)).isInstanceOf(ServedFiles.Answer.Busy.class);
            ((ServedFiles.Answer.Opened) next).in().close();
        }
    }

    @Test
    void a_token_that_others_can_read_opens_nothing() throws Exception {
        Path data = Files.createDirectory(dir.resolve("loose"));
        try (LogBuilder _ = LogBuilder.in(data)) {
            assertThat(AdminToken.orWarning(data)).isPresent();
            Files.setPosixFilePermissions(
                    data.resolve("admin-token"), PosixFilePermissions.fromString("rw-r-----"));
            assertThat(AdminToken.orWarning(data)).isEmpty();
        }
    }
}
