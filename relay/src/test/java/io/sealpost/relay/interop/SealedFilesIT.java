package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Debian's rsyslog and syslog-ng keep of a sealed log: their default file formats give the
 * checkpoints back, raw templates every line.
 */
@Tag("interop")
@Timeout(240)
class SealedFilesIT {
    private static final int COUNT = 2_000;
    private static final Pattern KEY = Pattern.compile("verifier key (\\S+)");

    @TempDir Path dir;

    @Test
    void default_formats_give_checkpoints_back_and_raw_templates_every_line() throws Exception {
        int rsyslogPort = Ports.free();
        int syslogNgPort = Ports.free();
        try (Program rsyslog =
                        Peers.rsyslog(
                                conf("rsyslog", rsyslogPort), dir.resolve("rsyslog"), rsyslogPort);
                Program syslogNg =
                        Peers.syslogNg(
                                conf("syslog-ng", syslogNgPort),
                                dir.resolve("syslog-ng"),
                                syslogNgPort);
                Relay relay =
                        Relay.prepare(
                                        dir,
                                        Map.of(
                                                "rsyslog",
                                                        "servers = [\"127.0.0.1:"
                                                                + rsyslogPort
                                                                + "\"]",
                                                "syslog-ng",
                                                        "servers = [\"127.0.0.1:"
                                                                + syslogNgPort
                                                                + "\"]"))
                                .start()) {
            Feeder.tcp(
                    relay.tcp,
                    IntStream.range(0, COUNT).mapToObj(n -> Sample.message("sealed", n)).toList(),
                    0);
            relay.awaitDelivered();
            relay.terminate();
            String key = keyIn(relay.stopped() + relay.output());
            long lines = relay.archive().size();
            for (String peer : List.of("rsyslog", "syslog-ng")) {
                Path folder = dir.resolve(peer);
                for (String name : List.of("raw", "default", "iso")) {
                    awaitLines(folder.resolve(name + ".log"), lines);
                }
                verify(relay, key, folder.resolve("raw.log"), 0, "nothing was changed");
                verify(
                        relay,
                        key,
                        folder.resolve("default.log"),
                        3,
                        "RSYSLOG_TraditionalFileFormat");
                verify(relay, key, folder.resolve("iso.log"), 3, "RSYSLOG_FileFormat");
            }
            assertThat(rsyslog.alive() && syslogNg.alive()).isTrue();
        }
    }

    private Path conf(String peer, int port) throws Exception {
        Path folder = Files.createDirectories(dir.resolve(peer));
        return Template.write(
                peer + "-sealed.conf", folder.resolve("conf"), Map.of("DIR", folder, "PORT", port));
    }

    private static String keyIn(String output) {
        Matcher matcher = KEY.matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        return matcher.group(1);
    }

    private static void awaitLines(Path file, long count) {
        await(file + " has " + count + " lines")
                .atMost(Duration.ofSeconds(60))
                .until(
                        () ->
                                Files.exists(file)
                                        && Files.readAllBytes(file).length > 0
                                        && newlines(file) >= count);
    }

    private static long newlines(Path file) throws Exception {
        long lines = 0;
        for (byte b : Files.readAllBytes(file)) {
            lines += b == '\n' ? 1 : 0;
        }
        return lines;
    }

    private void verify(Relay relay, String key, Path file, int code, String says)
            throws Exception {
        List<String> command = new ArrayList<>(List.of(Peers.packaging("sealpost").toString()));
        command.addAll(List.of("verify", "--key", key, "--log", relay.data().toString()));
        command.add(file.toString());
        Path out = dir.resolve("verify.out");
        try (Program program = Program.start(out, Map.of(), command)) {
            int got = program.exitCode();
            assertThat(got).as(file + ": " + program.output()).isEqualTo(code);
            assertThat(program.output())
                    .contains(says)
                    .containsPattern("checkpoints in the files: [1-9]");
        }
    }
}
