package io.sealpost.protocol.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.protocol.message.Annotate;
import io.sealpost.protocol.parse.Origin;
import io.sealpost.protocol.support.Parsed;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** What the relay adds to messages that it changes. */
class AnnotationTest {
    private static final String GOOD = "<13>1 2026-11-24T11:00:00Z h a p m [x@1 k=\"v\"] text";
    private static final String MARKED =
            "<13>1 2026-13-24T11:00:00Z h a p mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm - text";
    private static final String REWRITTEN = "<13>Nov 24 11:00:00 h a: text";

    @Test
    void marked_reasons_are_named_in_one_element() {
        assertThat(sent(MARKED, false, Annotate.CHANGED))
                .isEqualTo(
                        "<13>1 2026-11-24T12:00:00.000000Z h a p mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm"
                                + " [sealpost@32473 reasons=\"invalid-timestamp,long-msgid\"] text");
    }

    @Test
    void reasons_that_are_only_counted_add_nothing() {
        assertThat(sent(REWRITTEN, false, Annotate.CHANGED))
                .isEqualTo("<13>1 2026-11-24T11:00:00Z h a - - - text");
    }

    @Test
    void all_adds_peer_receive_time_and_form_to_what_is_rewritten() {
        assertThat(sent(REWRITTEN, false, Annotate.ALL))
                .isEqualTo(
                        "<13>1 2026-11-24T11:00:00Z h a - - [sealpost@32473 peer=\"a\\]b\""
                                + " received=\"2026-11-24T12:00:00.000000Z\" form=\"rfc3164\"] text");
    }

    @Test
    void well_formed_messages_stay_as_they_are_whatever_is_annotated() {
        for (Annotate annotate : Annotate.values()) {
            assertThat(sent(GOOD, false, annotate)).isEqualTo(GOOD);
        }
    }

    @Test
    void a_truncated_message_gets_the_element_behind_its_own() {
        assertThat(sent(GOOD, true, Annotate.CHANGED))
                .isEqualTo(
                        "<13>1 2026-11-24T11:00:00Z h a p m [x@1 k=\"v\"]"
                                + "[sealpost@32473 reasons=\"truncated\"] text");
        assertThat(sent(GOOD, true, Annotate.NONE)).isEqualTo(GOOD);
    }

    @Test
    void an_element_of_the_relay_before_is_not_doubled() {
        String once = GOOD.replace("[x@1 k", "[sealpost@32473 reasons=\"truncated\"][x@1 k");

        assertThat(sent(once, true, Annotate.CHANGED)).isEqualTo(once);
    }

    @Test
    void what_looks_like_the_element_inside_a_value_is_none() {
        String quoted = GOOD.replace("\"v\"", "\"\\][sealpost@32473 \"");

        assertThat(sent(quoted, true, Annotate.CHANGED))
                .contains("[sealpost@32473 reasons=\"truncated\"]");
    }

    private static String sent(String text, boolean truncated, Annotate annotate) {
        return Parsed.of(
                        text.getBytes(StandardCharsets.ISO_8859_1),
                        truncated,
                        Origin.of("a]b", ZoneOffset.UTC),
                        Parsed.micros(Parsed.RECEIVED),
                        annotate)
                .outText();
    }
}
