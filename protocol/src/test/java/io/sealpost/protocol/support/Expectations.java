package io.sealpost.protocol.support;

import static org.assertj.core.api.SoftAssertions.assertSoftly;

import io.sealpost.protocol.message.SyslogMessage;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.assertj.core.api.SoftAssertions;

/** Holds what was understood and sent against what a corpus case demands. */
public final class Expectations {
    private Expectations() {}

    /** Checks every field that the case names; all differences are reported together. */
    public static void check(CorpusCase c) {
        Parsed parsed = c.parsed();
        assertSoftly(
                softly -> {
                    softly.assertThat(parsed.strict()).isNotNull();
                    c.expect().forEach((key, value) -> field(softly, c, parsed, key, value));
                });
    }

    @SuppressWarnings("unchecked") // the form of the corpus
    private static void field(
            SoftAssertions softly, CorpusCase c, Parsed parsed, String key, Object value) {
        SyslogMessage m = parsed.message();
        StrictRfc5424 out = parsed.strict();
        String name = c.id() + " " + key;
        switch (key) {
            case "facility" -> {
                softly.assertThat(out.priority() / 8).as(name).isEqualTo(number(value));
                softly.assertThat(m.priority().facility().number()).isEqualTo(number(value));
            }
            case "severity" -> {
                softly.assertThat(out.priority() % 8).as(name).isEqualTo(number(value));
                softly.assertThat(m.priority().severity().number()).isEqualTo(number(value));
            }
            case "hostname" -> both(softly, name, out.hostname(), m.hostname(), value);
            case "app_name" -> both(softly, name, out.appName(), m.appName(), value);
            case "procid" -> both(softly, name, out.procId(), m.procId(), value);
            case "msgid" -> both(softly, name, out.msgId(), m.msgId(), value);
            case "sd" -> {
                both(softly, name, withoutOwn(utf8(out.sd())), m.structuredData().text(), value);
            }
            case "msg" -> {
                byte[] msg = Base64.getDecoder().decode((String) value);
                softly.assertThat(out.msg().text()).as(name).isEqualTo(utf8(msg));
                softly.assertThat(out.msg().toArray()).as(name).isEqualTo(msg);
                softly.assertThat(m.text().toArray()).as(name).isEqualTo(msg);
            }
            case "msg_contains" -> {
                byte[] part = Base64.getDecoder().decode((String) value);
                softly.assertThat(latin(out.msg().toArray())).as(name).contains(latin(part));
            }
            case "unchanged" -> {
                softly.assertThat(m.unchanged()).as(name).isEqualTo(value);
                if (value.equals(true)) {
                    softly.assertThat(parsed.out().toArray())
                            .isEqualTo(withoutTrailer(c.in().toArray()));
                }
            }
            case "reasons" -> {
                List<String> reasons =
                        ((List<Object>) value).stream().map(String.class::cast).toList();
                softly.assertThat(parsed.reasons()).as(name).containsAll(reasons);
                if (reasons.isEmpty()) {
                    softly.assertThat(parsed.reasons()).as(name).isEmpty();
                }
            }
            case "timestamp" -> timestamp(softly, c, parsed, (String) value);
            default -> softly.fail("unknown expectation " + key);
        }
    }

    private static void timestamp(
            SoftAssertions softly, CorpusCase c, Parsed parsed, String expected) {
        String actual = parsed.strict().timestamp();
        String name = c.id() + " timestamp";
        softly.assertThat(parsed.message().timestamp()).as(name).isEqualTo(actual);
        if (parsed.message().unchanged() || expected.equals("-")) {
            softly.assertThat(actual).as(name).isEqualTo(expected);
            return;
        }
        OffsetDateTime instant =
                expected.equals("RECEIVED")
                        ? OffsetDateTime.parse(c.received().toString())
                        : OffsetDateTime.parse(expected);
        softly.assertThat(actual.equals("-") ? null : OffsetDateTime.parse(actual).toInstant())
                .as(name)
                .isEqualTo(instant.toInstant());
    }

    private static void both(
            SoftAssertions softly, String name, String sent, String understood, Object value) {
        softly.assertThat(sent).as(name).isEqualTo(value);
        softly.assertThat(understood).as(name).isEqualTo(value);
    }

    /** The one line end that N5 takes off. */
    public static byte[] withoutTrailer(byte[] in) {
        int n = in.length;
        if (n > 1 && in[n - 1] == '\n' && in[n - 2] == '\r') {
            return Arrays.copyOf(in, n - 2);
        }
        return n > 0 && (in[n - 1] == '\n' || in[n - 1] == 0) ? Arrays.copyOf(in, n - 1) : in;
    }

    /** STRUCTURED-DATA without the elements that the relay adds at its end. */
    public static String withoutOwn(String sd) {
        String rest = sd.replaceFirst("\\[sealpost@" + Parsed.PEN + "( [^\\]]*)?\\]$", "");
        return rest.isEmpty() ? "-" : rest;
    }

    private static int number(Object value) {
        return ((Double) value).intValue();
    }

    private static String utf8(String latin) {
        return utf8(latin.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String utf8(byte[] octets) {
        return new String(octets, StandardCharsets.UTF_8);
    }

    private static String latin(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }
}
