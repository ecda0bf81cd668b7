package io.sealpost.protocol.support;

import static java.util.Objects.requireNonNull;

import io.sealpost.protocol.message.Annotate;
import io.sealpost.protocol.message.Slice;
import io.sealpost.protocol.parse.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * One case of a corpus file.
 *
 * @param id name of the case
 * @param in octets of the message
 * @param expect what the rules demand
 */
public record CorpusCase(
        String id,
        Slice in,
        String peer,
        Instant received,
        String zone,
        Map<String, Object> expect) {
    /** The cases of a file. */
    public static List<CorpusCase> read(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank())
                .map(CorpusCase::of)
                .toList();
    }

    @SuppressWarnings("unchecked") // the form of the corpus
    private static CorpusCase of(String line) {
        Map<String, Object> fields = Json.object(line);
        return new CorpusCase(
                text(fields, "id"),
                octets(text(fields, "in")),
                text(fields, "peer"),
                Instant.parse(text(fields, "received")),
                text(fields, "zone"),
                (Map<String, Object>) requireNonNull(fields.get("expect")));
    }

    private static String text(Map<String, Object> fields, String key) {
        return (String) requireNonNull(fields.get(key), key);
    }

    private static Slice octets(String base64) {
        byte[] octets = Base64.getDecoder().decode(base64);
        return Slice.copyOf(octets, 0, octets.length);
    }

    /** The case as understood and sent by us. */
    public Parsed parsed() {
        return Parsed.of(
                in.toArray(),
                false,
                Origin.of(peer, ZoneId.of(zone)),
                Parsed.micros(received),
                Annotate.CHANGED);
    }

    @Override
    public String toString() {
        return id;
    }
}
