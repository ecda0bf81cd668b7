package io.sealpost.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The names, marks and numbers of reasons and forms, which users and files rely on. */
class ReasonTest {
    @Test
    void labels_and_bits_never_change() {
        assertThat(Arrays.stream(Reason.values()).map(Reason::label))
                .containsExactly(
                        "missing-pri",
                        "invalid-pri",
                        "missing-timestamp",
                        "invalid-timestamp",
                        "missing-offset",
                        "cut-fraction",
                        "leap-second",
                        "unset-clock",
                        "missing-hostname",
                        "long-hostname",
                        "long-app-name",
                        "long-procid",
                        "long-msgid",
                        "long-sd-name",
                        "invalid-structured-data",
                        "short-header",
                        "unknown-version",
                        "unparsed",
                        "truncated",
                        "hostname-mismatch",
                        "charset",
                        "rewritten",
                        "redacted");
        for (int i = 0; i < Reason.count(); i++) {
            assertThat(Reason.of(i).bit()).isEqualTo(1 << i);
        }
    }

    @Test
    void what_a_receiver_should_know_is_marked() {
        assertThat(Arrays.stream(Reason.values()).filter(Reason::marked).map(Reason::label))
                .allMatch(
                        label ->
                                label.matches(
                                        "invalid-.*|long-.*|truncated|short-header|unknown-version"
                                                + "|charset|hostname-mismatch|redacted"))
                .hasSize(14);
        assertThat(Integer.bitCount(Reason.MARKED_BITS)).isEqualTo(14);
    }

    @Test
    void form_numbers_never_change() {
        assertThat(Arrays.stream(Form.values()).map(Form::label))
                .containsExactly("rfc5424", "rfc5424-damaged", "rfc3164", "unparsed");
    }
}
