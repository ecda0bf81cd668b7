package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two data folders of release 0.1, as a crash can leave them: {@code branch} has 100 messages
 * waiting for {@code centre}, which has them all, and with them their numbers in {@code branch}'s
 * stream. So each of them is sent again, known again and stored by nobody.
 *
 * <p>Made by {@link #make} with {@code -Dsealpost.golden=FILE}, and never anew for 0.1: a release
 * that changes a format adds a file of its own.
 */
class GoldenStreamTest {
    private static final String GOLDEN = "/format/streams-0.1.zip";
    private static final Instant MADE = Instant.parse("2026-11-28T00:00:00Z");
    private static final int WAITING = 100;

    @TempDir Path folder;

    private RunningRelay branch(int centre) throws IOException {
        return RunningRelay.start(
                Files.createDirectories(folder.resolve("branch")),
                """
                name = branch
                upstreams.centre { type = relp, servers = ["127.0.0.1:%d"], retry.max = 100 ms }
                """
                        .formatted(centre));
    }

    private RunningRelay centre(int port) throws IOException {
        return RunningRelay.start(
                Files.createDirectories(folder.resolve("centre")),
                """
                name = centre
                listeners.relp {
                  transport = relp, bind = "127.0.0.1:%d", chain-from = ["127.0.0.0/8"]
                }
                upstreams.archive { type = file, path = "archive.log" }
                """
                        .formatted(port));
    }

    @Test
    void a_stream_of_release_0_1_goes_on_and_nothing_of_it_comes_twice() throws Exception {
        String to = System.getProperty("sealpost.golden", "");
        if (!to.isEmpty()) {
            make(Path.of(to));
        }
        unpack();
        try (RunningRelay centre = centre(0);
                RunningRelay branch = branch(centre.port("relp"))) {
            branch.awaitDelivered("centre", 1 + WAITING);
            centre.awaitMetric("sealpost_relp_repeats_total{listener=\"relp\"}", WAITING);
            send(branch, WAITING, WAITING + 10);

            branch.awaitDelivered("centre", 1 + WAITING + 10);
            centre.awaitDelivered("archive", 1 + WAITING + 10);
            assertThat(centre.metrics())
                    .contains("sealpost_messages_received_total{listener=\"relp\"} 111.0\n");
        }
        // What was delivered before went to a file of the folder's maker.
        try (Stream<String> lines = Files.lines(folder.resolve("centre/archive.log"))) {
            assertThat(lines.filter(line -> line.contains("golden number")))
                    .hasSize(10)
                    .allMatch(line -> line.contains("golden number 10"));
        }
    }

    private void unpack() throws IOException {
        try (InputStream in = GoldenStreamTest.class.getResourceAsStream(GOLDEN);
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = folder.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.write(file, zip.readAllBytes());
            }
        }
    }

    private static void send(RunningRelay to, int from, int end) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), to.port("t"))) {
            OutputStream out = socket.getOutputStream();
            for (int i = from; i < end; i++) {
                out.write(("<13>1 - host app - - - golden number " + i + "\n").getBytes(US_ASCII));
            }
        }
    }

    private void make(Path zip) throws Exception {
        int port = port();
        try (RunningRelay branch = branch(port)) {
            try (RunningRelay _ = centre(port)) { // its first message makes the stream's identity
                send(branch, -1, 0);
                branch.awaitDelivered("centre", 1);
            }
            send(branch, 0, WAITING);
            branch.awaitSynced(1 + WAITING);
        }
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            add(out, "branch/state");
            try (RunningRelay _ = centre(port);
                    RunningRelay branch = branch(port)) {
                branch.awaitDelivered("centre", 1 + WAITING);
            }
            add(out, "centre/state");
        }
        for (String name : List.of("branch", "centre")) {
            for (Path file : files(name)) {
                Files.delete(file);
            }
        }
    }

    private static int port() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private void add(ZipOutputStream out, String state) throws IOException {
        for (Path file : files(state)) {
            ZipEntry entry = new ZipEntry(folder.relativize(file).toString());
            entry.setLastModifiedTime(FileTime.from(MADE));
            out.putNextEntry(entry);
            Files.copy(file, out);
        }
    }

    private List<Path> files(String under) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve(under))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("lock"))
                    .sorted()
                    .toList();
        }
    }
}
