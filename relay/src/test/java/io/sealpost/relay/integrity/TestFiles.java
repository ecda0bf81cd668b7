package io.sealpost.relay.integrity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;

/** Files beside the tests, made by another implementation (Python's cryptography). */
final class TestFiles {
    private TestFiles() {}

    static byte[] octets(String name) throws IOException {
        try (InputStream in = TestFiles.class.getResourceAsStream("/integrity/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    static List<String> lines(String name) throws IOException {
        return new String(octets(name), UTF_8).lines().toList();
    }
}
