package io.sealpost.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the guides name exists: the pages they lead to, and the settings of the migration guide. */
class GuidesTest {
    private static final Path CHECKOUT = Path.of("..");
    private static final Path MIGRATION = CHECKOUT.resolve("docs/migration.md");
    private static final Path KEYS = CHECKOUT.resolve("docs/configuration.md");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern WORD = Pattern.compile("(?<![-%/\\w])[a-z][a-z0-9-]+");

    /** Of the migration guide's answers, what is no key of the conf file and no value of one. */
    private static final Set<String> OTHERS = Set.of("sealpost", "status", "reload");

    private static List<String> groups(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group(1)).toList();
    }

    private static Set<String> words(String text) {
        return WORD.matcher(text.replace('.', ' '))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }

    @Test
    void links_lead_to_files() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(CHECKOUT.resolve("README.md")));
        for (String folder : List.of("docs", "conf")) {
            try (Stream<Path> files = Files.walk(CHECKOUT.resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
            }
        }
        List<String> dead = new ArrayList<>();
        for (Path page : pages) {
            for (String link : groups(LINK, Files.readString(page))) {
                if (!Files.exists(page.resolveSibling(link))) {
                    dead.add(page + " leads to " + link);
                }
            }
        }
        assertThat(pages).hasSizeGreaterThan(20);
        assertThat(dead).isEmpty();
    }

    @Test
    void the_migration_guide_answers_with_settings_that_exist() throws IOException {
        Set<String> keys = words(String.join(" ", groups(CODE, Files.readString(KEYS))));
        List<String> unknown = new ArrayList<>();
        for (String row : Files.readAllLines(MIGRATION)) {
            String[] columns = row.split("\\|");
            if (columns.length == 3) {
                for (String word : words(String.join(" ", groups(CODE, columns[2])))) {
                    if (!keys.contains(word) && !OTHERS.contains(word)) {
                        unknown.add(word + " in " + row);
                    }
                }
            }
        }
        assertThat(keys).contains("rate-limit", "per-source", "max-connections-per-address");
        assertThat(unknown).isEmpty();
    }
}
