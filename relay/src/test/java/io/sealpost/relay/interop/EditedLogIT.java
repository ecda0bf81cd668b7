package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What sealing is for, as {@code packaging/demo-verify} shows it. */
@Tag("interop")
@Timeout(240)
class EditedLogIT {
    @TempDir Path dir;

    @Test
    void lines_that_an_intruder_edits_deletes_and_slips_in_are_named() throws Exception {
        Map<String, String> environment = Map.of("LINES", "2000", "PORT", "" + Ports.row(4));

        try (Program program =
                Program.demonstration(
                        dir.resolve("demo.out"), environment, "demo-verify", dir.resolve("demo"))) {
            assertThat(program.exitCode()).as(program.output()).isZero();
            assertThat(program.output())
                    .contains("nothing was changed, removed or slipped in")
                    .containsPattern("CHANGED +line [0-9]+ of remote.log .*198.51.100.7")
                    .containsPattern("MISSING +entry [0-9]+, received 2")
                    .containsPattern("INSERTED +line [0-9]+ of remote.log.*GET /never")
                    .contains("1 changed, 3 missing, 1 inserted");
        }
    }
}
