package io.sealpost.relay.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BooksTest {
    private static final Account GOOD =
            new Account("siem", 100, 90, 7, Map.of("set-aside", 1L, "max-age", 2L));

    @Test
    void books_balance_when_every_message_routed_is_somewhere() {
        Books books = new Books(100, List.of(GOOD));

        assertThat(books.balanced()).isTrue();
        assertThat(books.report())
                .startsWith("books at message 100: balanced\n")
                .contains("max-age 2, set-aside 1")
                .doesNotContain("off by");
    }

    @Test
    void one_message_withheld_is_reported_as_exactly_that() {
        Account bad = new Account("archive", 100, 99, 0, Map.of());

        Books books = new Books(100, List.of(GOOD, bad));

        assertThat(books.balanced()).isFalse();
        assertThat(bad.missing()).isEqualTo(1);
        assertThat(books.report()).contains("NOT BALANCED").contains("off by 1");
    }

    @Test
    void one_message_counted_twice_is_reported_too() {
        Account bad = new Account("archive", 100, 99, 2, Map.of());

        assertThat(new Books(100, List.of(bad)).balanced()).isFalse();
        assertThat(bad.missing()).isEqualTo(-1);
    }
}
