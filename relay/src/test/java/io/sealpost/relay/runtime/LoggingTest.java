package io.sealpost.relay.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The relay's own log, as it comes out on standard error. */
class LoggingTest {
    private final PrintStream standardError = System.err;
    private final ByteArrayOutputStream captured = new ByteArrayOutputStream();
    private final Logger log = LoggerFactory.getLogger("io.sealpost.relay.spool.Spool");

    @AfterEach
    void restore() {
        System.setErr(standardError);
        Logging.configure("WARN", false);
    }

    @Test
    void the_level_says_what_is_told() {
        configure("WARN", false);
        log.info("quiet");
        log.warn("loud");

        assertThat(captured())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z WARN  Spool: loud\n");
    }

    @Test
    void json_is_one_object_a_line() {
        configure("INFO", true);
        log.error("a \"quoted\"\nmessage", new IllegalStateException("why"));

        assertThat(captured().lines()).hasSize(1);
        Config line =
                ConfigFactory.parseString(
                        captured(), ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
        assertThat(line.getString("level")).isEqualTo("ERROR");
        assertThat(line.getString("message")).isEqualTo("a \"quoted\"\nmessage");
        assertThat(line.getString("error")).isEqualTo("IllegalStateException: why");
        assertThat(line.hasPath("trace")).isFalse();
    }

    @Test
    void a_line_break_in_a_message_cannot_pass_for_an_event_and_no_trace_is_shown() {
        configure("INFO", false);
        log.error("one\ntwo", new IllegalStateException("why\nnot"));

        assertThat(captured())
                .endsWith("Spool: one\n    two: IllegalStateException: why\n    not\n");
        assertThat(captured().lines()).hasSize(3);
    }

    @Test
    void traces_are_for_debug() {
        configure("DEBUG", false);
        log.error("broken", new IllegalStateException("why", new RuntimeException("cause")));

        assertThat(captured())
                .contains("    at " + LoggingTest.class.getName())
                .contains("  caused by RuntimeException: cause");
    }

    @Test
    void what_is_logged_while_it_is_set_up_anew_comes_out() throws Exception {
        configure("WARN", false);
        Thread setUp =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    for (int i = 0; i < 1_000; i++) {
                                        Logging.configure("WARN", i % 2 == 0);
                                    }
                                });
        int logged = 0;
        while (setUp.isAlive()) {
            log.warn("line {}", logged++);
        }
        setUp.join();

        assertThat(captured().lines().filter(line -> line.contains("line "))).hasSize(logged);
    }

    private void configure(String level, boolean json) {
        System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
        Logging.configure(level, json);
    }

    private String captured() {
        return captured.toString(StandardCharsets.UTF_8);
    }
}
