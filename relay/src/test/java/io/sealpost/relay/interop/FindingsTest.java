package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FindingsTest {
    private static final List<Integer> SENT = List.of(1, 2, 3, 4);

    @Test
    void nothing_is_found_where_nothing_is_wrong() {
        assertThat(Findings.of(SENT, SENT)).isEqualTo(Findings.none());
    }

    @Test
    void each_fault_is_found_by_its_name() {
        assertThat(Findings.of(SENT, List.of(1, 2, 4))).isEqualTo(Findings.onlyMissing(3));
        assertThat(Findings.of(SENT, List.of(1, 2, 2, 3, 4)).repeated()).containsExactly(2);
        assertThat(Findings.of(SENT, List.of(1, 3, 2, 4)).reordered()).containsExactly(2);
        assertThat(Findings.of(SENT, List.of(1, 2, 3, 4, 9)).foreign()).containsExactly(9);
    }

    @Test
    void fields_are_read_with_quotes_and_brackets_inside_structured_data() {
        Fields sent = Sample.message("x", 31);

        assertThat(Fields.of(sent.message())).isEqualTo(sent);
        assertThat(Sample.numbers("x", List.of(sent.message()))).containsExactly(31);
    }

    /** As a daemon killed while it writes leaves a line, to which its next run adds. */
    @Test
    void the_message_behind_a_torn_one_is_found_and_the_torn_one_is_none() {
        String torn = Sample.message("x", 31).message();
        String whole = Sample.message("x", 32).message();

        for (int length = 0; length < torn.length(); length++) {
            assertThat(Sample.numbers("x", List.of(torn.substring(0, length) + whole)))
                    .containsExactly(32);
        }
        assertThat(Sample.numbers("x", List.of(torn + whole))).containsExactly(31, 32);
    }

    @Test
    void a_skipped_message_on_a_new_connection_is_found() {
        List<Sink.Received> received =
                List.of(at(0, 1), at(0, 2), at(1, 2), at(1, 3), at(2, 3), at(2, 4));
        assertThat(Deliveries.assertRepeatsOnlyAfterLostConnections(received, "x")).isEqualTo(2);

        List<Sink.Received> skipping = List.of(at(0, 1), at(1, 3), at(2, 2));
        assertThatThrownBy(() -> Deliveries.assertRepeatsOnlyAfterLostConnections(skipping, "x"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("skips");
    }

    private static Sink.Received at(int connection, int number) {
        return new Sink.Received(connection, Sample.message("x", number).message());
    }
}
