package io.sealpost.protocol.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FramingCorpusTest {
    static List<FramingCorpus.Case> cases() {
        return FramingCorpus.cases();
    }

    @Test
    void the_corpus_is_there() {
        assertThat(cases()).hasSizeGreaterThanOrEqualTo(51);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void messages_are_found(FramingCorpus.Case c) {
        check(c, Frames.of(c.maxMessage(), c.chunks()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void messages_are_found_octet_by_octet(FramingCorpus.Case c) {
        List<byte[]> octets = new ArrayList<>();
        for (byte octet : stream(c)) {
            octets.add(new byte[] {octet});
        }

        check(c, Frames.of(c.maxMessage(), octets));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void messages_are_found_in_one_piece(FramingCorpus.Case c) {
        check(c, Frames.of(c.maxMessage(), stream(c)));
    }

    private static void check(FramingCorpus.Case c, Frames found) {
        if (!c.alternatives().isEmpty()) {
            assertThat(c.alternatives()).contains(found.withoutTrailer());
            assertThat(found.truncated()).isEqualTo(c.truncated());
        }
        if (!c.contained().isEmpty()) {
            assertThat(found.withoutTrailer()).containsSubsequence(c.contained());
        }
    }

    private static byte[] stream(FramingCorpus.Case c) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        c.chunks().forEach(all::writeBytes);
        return all.toByteArray();
    }
}
