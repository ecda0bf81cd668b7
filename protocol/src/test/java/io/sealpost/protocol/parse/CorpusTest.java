package io.sealpost.protocol.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.protocol.support.CorpusCase;
import io.sealpost.protocol.support.Expectations;
import io.sealpost.protocol.support.Parsed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The corpora of cases: the one outside the project, if it is there, and our own. Names in
 * corpus-exceptions.txt are left out, each for the rule stated beside it.
 */
class CorpusTest {
    private static final String PROPERTY = "sealpost.corpus";

    @TestFactory
    Stream<DynamicTest> every_case_of_the_rfc_5424_corpus_holds() throws IOException {
        return shared("rfc5424.jsonl");
    }

    @TestFactory
    Stream<DynamicTest> every_case_of_the_rfc_3164_corpus_holds() throws IOException {
        return shared("rfc3164.jsonl");
    }

    @TestFactory
    Stream<DynamicTest> every_case_of_the_vendor_corpus_holds() throws IOException {
        return shared("vendors.jsonl");
    }

    @TestFactory
    Stream<DynamicTest> the_header_of_every_windows_case_holds() throws IOException {
        return shared("windows.jsonl");
    }

    @TestFactory
    Stream<DynamicTest> every_own_sample_holds() throws IOException {
        return Samples.all().stream().map(s -> DynamicTest.dynamicTest(s.name(), () -> sample(s)));
    }

    private static void sample(Samples sample) {
        Parsed parsed = sample.parsed();
        assertThat(sample.describe(parsed)).isEqualTo(sample.expected());
    }

    private static Stream<DynamicTest> shared(String name) throws IOException {
        String place = System.getProperty(PROPERTY, "../shared/corpus");
        Path file = root().resolve(place).resolve(name);
        if (!Files.isReadable(file)) {
            String message = name + " is not at " + place + ": not tested, see -D" + PROPERTY;
            System.out.println(message);
            return Stream.of(DynamicTest.dynamicTest(message, () -> Assumptions.abort(message)));
        }
        List<String> exceptions = exceptions();
        return CorpusCase.read(file).stream()
                .filter(c -> !exceptions.contains(c.id()))
                .map(c -> DynamicTest.dynamicTest(c.id(), () -> Expectations.check(c)));
    }

    /** The project's root: where the parent pom lies. */
    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        Path parent = here.getParent();
        return parent != null && Files.exists(parent.resolve("pom.xml")) ? parent : here;
    }

    private static List<String> exceptions() throws IOException {
        try (InputStream in = CorpusTest.class.getResourceAsStream("/corpus-exceptions.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split("\\s", 2)[0])
                    .toList();
        }
    }
}
