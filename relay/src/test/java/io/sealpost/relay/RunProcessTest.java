package io.sealpost.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code run} as a process of its own, which is the only one that logging is set up for. */
@Timeout(120)
class RunProcessTest {
    @TempDir Path folder;

    @Test
    void the_start_line_of_the_process_names_the_relay() throws Exception {
        Run run = run("name = relay-of-the-test");

        assertThat(run.startLine())
                .matches(
                        "listening t=127\\.0\\.0\\.1:\\d+ admin=127\\.0\\.0\\.1:\\d+ as relay-of-the-test");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void log_lines_of_the_process_have_the_format_and_level_asked_for() throws Exception {
        Run told = run("log { level = info, format = json }");
        Run quiet = run("log.level = error");

        assertThat(told.log()).isNotEmpty();
        assertThat(told.log()).allSatisfy(line -> assertThat(level(line)).isIn("INFO", "WARN"));
        assertThat(told.log()).anyMatch(line -> level(line).equals("INFO"));
        assertThat(quiet.log()).isEmpty();
    }

    @Test
    void the_start_warns_of_routes_that_are_hardly_meant_with_file_and_line() throws Exception {
        Run run =
                run(
                        """
                        log.format = text
                        routes = [
                          { match { app-name = x }, to = [] }
                          { match { app-name = x }, to = [f] }
                        ]
                        """);

        String conf = folder.resolve("sealpost.conf").toString();
        assertThat(run.log())
                .anyMatch(line -> line.contains(conf + ":4: upstreams.f: no route leads there"))
                .anyMatch(line -> line.contains(conf + ":8: routes: a message that matches none"))
                .anyMatch(line -> line.contains(conf + ":10: route-2 is never reached: route-1"));
        assertThat(run.exitCode()).isZero();
    }

    /** What root may beyond others would hide what the relay cannot do without it. */
    @Test
    void it_needs_no_rights() throws Exception {
        boolean root = "root".equals(System.getProperty("user.name"));
        Run run =
                run(
                        root
                                ? List.of("setpriv", "--inh-caps=-all", "--bounding-set=-all")
                                : List.of(),
                        "listeners.u { transport = udp, bind = \"127.0.0.1:0\","
                                + " receive-buffer = 1 GiB }");

        assertThat(run.startLine()).startsWith("listening t=127.0.0.1:");
        assertThat(run.exitCode()).isZero();
    }

    private record Run(String startLine, List<String> log, int exitCode) {}

    /** Starts it with these lines in its conf file, waits for the start line and stops it. */
    private Run run(String lines) throws IOException, InterruptedException {
        return run(List.of(), lines);
    }

    private Run run(List<String> before, String lines) throws IOException, InterruptedException {
        Path conf = folder.resolve("sealpost.conf");
        Path log = folder.resolve("log");
        Files.writeString(
                conf,
                """
                sealpost {
                  data-dir = "state"
                  listeners.t { transport = tcp, bind = "127.0.0.1:0" }
                  upstreams.f { type = file, path = "f.log" }
                  spool.reserve = 0
                  admin.bind = "127.0.0.1:0"
                  %s
                }
                """
                        .formatted(lines));
        List<String> command = new ArrayList<>(before);
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "run",
                        "-c",
                        conf.toString()));
        Process process =
                new ProcessBuilder(command).redirectError(Redirect.to(log.toFile())).start();
        try (BufferedReader out = process.inputReader()) {
            String startLine = String.valueOf(out.readLine());
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Run(startLine, Files.readAllLines(log), process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    private static String level(String line) {
        return ConfigFactory.parseString(
                        line, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON))
                .getString("level");
    }
}
