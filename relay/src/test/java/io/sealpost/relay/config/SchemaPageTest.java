package io.sealpost.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/configuration.md is what the schema says. {@code -Dsealpost.write=true} writes it anew. */
class SchemaPageTest {
    private static final Path PAGE = Path.of("../docs/configuration.md");

    @Test
    void the_page_on_disk_is_the_one_of_the_schema() throws IOException {
        String page = SchemaPage.markdown();

        if (Boolean.getBoolean("sealpost.write")) {
            Files.createDirectories(PAGE.toAbsolutePath().getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page);
    }

    @Test
    void every_key_is_documented_in_a_sentence() {
        for (Key key : Schema.KEYS) {
            assertThat(key.doc()).as(key.id()).endsWith(".").doesNotContain("|");
        }
    }
}
