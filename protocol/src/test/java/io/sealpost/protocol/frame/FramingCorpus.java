package io.sealpost.protocol.frame;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reader of the framing corpus: one JSON object a line, of which only the known keys are read. */
final class FramingCorpus {
    /** NXLog's raw line breaks inside structured data are joined elsewhere, not by the framer. */
    private static final Set<String> JOINED_LATER = Set.of("frame-046", "frame-054", "frame-055");

    private FramingCorpus() {}

    /** One case; {@code alternatives} is what any one of which must come. */
    record Case(
            String id,
            int maxMessage,
            List<byte[]> chunks,
            List<List<String>> alternatives,
            List<String> contained,
            int truncated) {
        @Override
        public String toString() {
            return id;
        }
    }

    static List<Case> cases() {
        try (InputStream in = FramingCorpus.class.getResourceAsStream("/corpus/framing.jsonl")) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.contains("\"proxy_protocol\""))
                    .map(FramingCorpus::parse)
                    .filter(c -> !JOINED_LATER.contains(c.id()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Case parse(String line) {
        List<List<String>> alternatives = new ArrayList<>();
        listAt(line, "messages").forEach(alternatives::add);
        Matcher any = Pattern.compile("\"messages_any\": *\\[(\\[.*?\\])\\]").matcher(line);
        if (any.find()) {
            Matcher one = Pattern.compile("\\[[^\\]]*\\]").matcher(any.group(1));
            while (one.find()) {
                alternatives.add(strings(one.group()));
            }
        }
        return new Case(
                Pattern.compile("\"id\": *\"([^\"]+)\"")
                        .matcher(line)
                        .results()
                        .findFirst()
                        .orElseThrow()
                        .group(1),
                number(line, "max_message"),
                listAt(line, "chunks").getFirst().stream()
                        .map(s -> s.getBytes(ISO_8859_1))
                        .toList(),
                alternatives,
                listAt(line, "messages_contain").stream().flatMap(List::stream).toList(),
                number(line, "truncated"));
    }

    private static int number(String line, String key) {
        Matcher m = Pattern.compile("\"" + key + "\": *(\\d+)").matcher(line);
        return m.find() ? Integer.parseInt(m.group(1)) : 0;
    }

    /** The list of this key, or no list. */
    private static List<List<String>> listAt(String line, String key) {
        Matcher m = Pattern.compile("\"" + key + "\": *(\\[[^\\]]*\\])").matcher(line);
        return m.find() && !m.group(1).startsWith("[[") ? List.of(strings(m.group(1))) : List.of();
    }

    private static List<String> strings(String list) {
        return Pattern.compile("\"([^\"]*)\"")
                .matcher(list)
                .results()
                .map(m -> new String(Base64.getDecoder().decode(m.group(1)), ISO_8859_1))
                .toList();
    }
}
