package io.sealpost.relay.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Conf files of this package's resources with their {@code @WORDS@} filled in. */
final class Template {
    private Template() {}

    static Path write(String resource, Path to, Map<String, ?> words) throws IOException {
        try (InputStream in = Template.class.getResourceAsStream("/interop/" + resource)) {
            if (in == null) {
                throw new IOException("no resource /interop/" + resource);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (Map.Entry<String, ?> word : words.entrySet()) {
                text = text.replace("@" + word.getKey() + "@", word.getValue().toString());
            }
            return Files.writeString(to, text);
        }
    }
}
