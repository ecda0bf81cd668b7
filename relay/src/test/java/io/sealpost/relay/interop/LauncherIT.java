package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code packaging/sealpost} in a checkout that is built, but whose relay was never started. */
@Tag("interop")
@Timeout(120)
class LauncherIT {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir Path dir;

    private Path home;
    private Path temporary;

    @BeforeEach
    void makeCheckout() throws IOException {
        home = Files.createDirectories(dir.resolve("home"));
        temporary = Files.createDirectory(dir.resolve("tmp"));
        Path target = Files.createDirectories(home.resolve("relay/target"));
        for (String same : List.of("protocol", "relay/pom.xml", "relay/src", "relay/target/lib")) {
            Files.createSymbolicLink(home.resolve(same), Peers.checkout().resolve(same));
        }
        Files.copy(Peers.checkout().resolve("pom.xml"), home.resolve("pom.xml"));
        try (var jars =
                Files.newDirectoryStream(
                        Peers.checkout().resolve("relay/target"), "sealpost-relay-*.jar")) {
            for (Path jar : jars) {
                Files.createSymbolicLink(target.resolve(jar.getFileName()), jar);
            }
        }
        Files.createFile(target.resolve("launcher.built"));
    }

    @Test
    void a_first_start_that_is_stopped_leaves_nothing_behind() throws Exception {
        ProcessBuilder first =
                new ProcessBuilder(Peers.packaging("sealpost").toString(), "version")
                        .redirectErrorStream(true)
                        .redirectOutput(dir.resolve("out").toFile());
        first.environment().put("SEALPOST_HOME", home.toString());
        first.environment().put("TMPDIR", temporary.toString());
        Process launcher = first.start();
        await().atMost(LONG).until(() -> relays(launcher).size() == 2);
        List<ProcessHandle> relays = relays(launcher);

        launcher.destroy();

        assertThat(launcher.waitFor()).isEqualTo(143);
        await().atMost(LONG).until(() -> relays.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(temporary).isEmptyDirectory();
        assertThat(
                        new ProcessBuilder(
                                        "flock", "-n", home.resolve("pom.xml").toString(), "true")
                                .start()
                                .waitFor())
                .as("the next start does not wait for this one")
                .isZero();
    }

    private static List<ProcessHandle> relays(Process launcher) {
        return launcher.descendants()
                .filter(p -> p.info().command().orElse("").endsWith("/java"))
                .toList();
    }
}
