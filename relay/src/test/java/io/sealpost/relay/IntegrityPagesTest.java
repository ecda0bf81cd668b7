package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.sealpost.relay.admin.AdminContent;
import io.sealpost.relay.admin.AdminServer;
import io.sealpost.relay.admin.AdminSettings;
import io.sealpost.relay.spool.FileStorage;
import io.sealpost.relay.verify.LogBuilder;
import io.sealpost.relay.watch.RelayMetrics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntegrityPagesTest {
    @TempDir Path dir;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private int run(String... words) {
        out.reset();
        PrintStream stream = new PrintStream(out, true, UTF_8);
        Console console = new Console(new ByteArrayInputStream(new byte[0]), stream, stream);
        return Main.run(words, console).number();
    }

    @Test
    void a_log_and_files_are_verified_by_url_while_it_grows() throws Exception {
        MultiThreadIoEventLoopGroup group =
                new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Path data = dir.resolve("data");
        try (LogBuilder log = LogBuilder.in(data).filled(10, 60);
                AdminServer server =
                        AdminServer.open(
                                AdminSettings.at(
                                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                                group,
                                NioServerSocketChannel.class,
                                new AdminContent(
                                        new RelayMetrics(),
                                        Optional::empty,
                                        new IntegrityPages(FileStorage.at(data))))) {
            String url = "http://127.0.0.1:" + server.address().getPort() + "/integrity";
            String key = log.printedKeys().getFirst();
            Path file = Files.write(dir.resolve("f"), LogBuilder.lines(log.messages()));

            assertThat(run("verify", "--key", key, url)).as(out.toString(UTF_8)).isZero();
            assertThat(run("verify", "--key", key, "--log", url, file.toString())).isZero();
            log.filled(3, 60);
            assertThat(run("verify", "--key", key, "--log", url, file.toString())).isEqualTo(1);
            assertThat(out.toString(UTF_8)).contains("all behind the last line");
            assertThat(run("verify", "--key", key, url + "/no")).isEqualTo(1);
        } finally {
            group.shutdownGracefully().awaitUninterruptibly();
        }
    }
}
