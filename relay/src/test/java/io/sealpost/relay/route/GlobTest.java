package io.sealpost.relay.route;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
    @ParameterizedTest
    @CsvSource({
        "web, web, true",
        "web, WEB, true",
        "WEB, web, true",
        "web, web1, false",
        "web, xweb, false",
        "web*, web, true",
        "web*, web1.example.com, true",
        "web*, we, false",
        "*.example.com, a.b.example.com, true",
        "*.example.com, example.com, false",
        "*a*b*, xxaxxbxx, true",
        "*a*b*, xxbxxaxx, false",
        "a*ab, aaab, true",
        "?, a, true",
        "?, ab, false",
        "?*, '', false",
        "*, '', true",
        "-, '', true",
        "-, -, true",
        "x, '', false",
        "*?x, yx, true",
        "*?x, x, false"
    })
    void pattern_is_compared_with_the_whole_field(String pattern, String field, boolean matches) {
        byte[] octets = ("<<" + field + ">>").getBytes(ISO_8859_1);

        assertThat(new Glob(pattern).matches(octets, 2, field.length())).isEqualTo(matches);
    }

    /** A matcher that goes back to each star would not come to an end. */
    @ParameterizedTest
    @CsvSource({"*a*a*a*a*a*a*a*a*a*a*a*a*b, false", "*a*a*a*a*a*a*a*a*a*a*a*a*, true"})
    void many_stars_cost_no_more_than_the_product_of_lengths(String pattern, boolean matches) {
        byte[] octets = "a".repeat(50_000).getBytes(ISO_8859_1);

        assertThat(new Glob(pattern).matches(octets, 0, octets.length)).isEqualTo(matches);
    }
}
