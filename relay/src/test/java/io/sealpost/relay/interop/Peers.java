package io.sealpost.relay.interop;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * The real peers: unpacked by {@code src/test/scripts/get-peers} into {@code target/peers} (or the
 * folder that {@code SEALPOST_PEERS} names), or installed. A missing one skips the test, or fails
 * it where {@code SEALPOST_CI_STRICT=1}.
 */
final class Peers {
    private static final AtomicBoolean LAUNCHER_TOLD = new AtomicBoolean();

    private Peers() {}

    /** The top folder of the checkout; tests run in the module's. */
    static Path checkout() {
        return Path.of("..").toAbsolutePath().normalize();
    }

    /**
     * A program in {@code packaging/}, which is to run what Maven has just built: a build of the
     * launcher's own would take the classes away under the running tests.
     */
    static Path packaging(String name) throws IOException {
        Path built = checkout().resolve("relay/target/launcher.built");
        if (!LAUNCHER_TOLD.getAndSet(true)) {
            Files.writeString(built, "");
        }
        return checkout().resolve("packaging").resolve(name);
    }

    static Program rsyslog(Path conf, Path dir, int port) throws IOException {
        List<String> command = new ArrayList<>(rsyslogd());
        command.addAll(List.of("-n", "-i" + dir.resolve("rsyslogd.pid"), "-f", conf.toString()));
        Program program = Program.start(dir.resolve("rsyslogd.out"), Map.of(), command);
        return ready("rsyslogd", program, port);
    }

    /** The daemon, with the option that tells where its modules are. */
    static List<String> rsyslogd() {
        Path root = rootOf("usr/sbin/rsyslogd");
        Path modules = root.resolve("usr/lib/x86_64-linux-gnu/rsyslog");
        return List.of(root.resolve("usr/sbin/rsyslogd").toString(), "-M" + modules);
    }

    static Program syslogNg(Path conf, Path dir, int port) throws IOException {
        Path root = rootOf("usr/sbin/syslog-ng");
        Path libraries = root.resolve("usr/lib/syslog-ng");
        Path modules = libraries.resolve("3.38");
        Program program =
                Program.start(
                        dir.resolve("syslog-ng.out"),
                        Map.of("LD_LIBRARY_PATH", libraries + ":" + modules),
                        List.of(
                                root.resolve("usr/sbin/syslog-ng").toString(),
                                "-F",
                                "--no-caps",
                                "--module-path=" + modules,
                                "-f",
                                conf.toString(),
                                "--persist-file=" + dir.resolve("persist"),
                                "--pidfile=" + dir.resolve("syslog-ng.pid"),
                                "--control=" + dir.resolve("control")));
        return ready("syslog-ng", program, port);
    }

    static Path logger() {
        return rootOf("usr/bin/logger").resolve("usr/bin/logger");
    }

    static Path nginx() {
        return rootOf("usr/sbin/nginx").resolve("usr/sbin/nginx");
    }

    static Path apache() {
        return rootOf("usr/sbin/apache2").resolve("usr/sbin/apache2");
    }

    static Path apacheModules() {
        return rootOf("usr/sbin/apache2").resolve("usr/lib/apache2/modules");
    }

    /** Waits until somebody listens on this port. */
    static Program ready(String name, Program program, int port) {
        await(name + " listens")
                .atMost(Duration.ofSeconds(30))
                .failFast(
                        () -> {
                            if (!program.alive()) {
                                throw new AssertionError(name + " ended: " + program.output());
                            }
                        })
                .until(() -> Ports.listening(port));
        return program;
    }

    private static Path rootOf(String path) {
        String folder = System.getenv("SEALPOST_PEERS");
        Path unpacked = folder == null ? checkout().resolve("target/peers") : Path.of(folder);
        for (Path root : List.of(unpacked, Path.of("/"))) {
            if (Files.isExecutable(root.resolve(path))) {
                return root;
            }
        }
        missing(path + " (relay/src/test/scripts/get-peers target/peers fetches it)");
        throw new IllegalStateException();
    }

    /** Skips the test, or fails it in CI. */
    static void missing(String what) {
        if ("1".equals(System.getenv("SEALPOST_CI_STRICT"))) {
            Assertions.fail("missing, and nothing may be skipped: " + what);
        }
        Assumptions.abort("missing: " + what);
    }
}
