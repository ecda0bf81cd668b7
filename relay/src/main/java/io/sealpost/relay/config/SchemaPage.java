package io.sealpost.relay.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The documentation of all keys as Markdown, made from the schema. */
final class SchemaPage {
    private static final String HEAD =
            """
            # The conf file

            <!-- Made from the schema in the code; a test fails if this page differs from it.
                 After a change of the schema:
                 mvn -pl protocol,relay test -Dtest=SchemaPageTest \
            -Dsurefire.failIfNoSpecifiedTests=false -Dsealpost.write=true -->

            HOCON, everything inside one block `sealpost { }`; `conf/sealpost.conf` is a commented start.
            `sealpost check -c FILE` reads a file and names every problem with its line; `run` starts
            only with a file that has none. Unknown keys are problems, and so is a key written twice.

            * **Size**: a whole number with `B`, `KiB`, `MiB`, `GiB` or `TiB`, such as `64 KiB`.
            * **Duration**: a whole number with `us`, `ms`, `s`, `m`, `h` or `d`, such as `14 d`.
            * **Address**: in quotation marks, `"10.0.0.1:5514"`, `"[::1]:5514"`, `"host:5514"`.
            * **Names** of listeners and upstreams: `a-z`, `0-9` and `-`; at most 64 upstreams.
            * Relative paths start at the folder of the conf file.
            * `include "other.conf"` takes another file in; `${NAME}` is an environment variable.
            """;

    private static final Map<String, String> TITLES = new LinkedHashMap<>();

    static {
        TITLES.put("", "The relay");
        TITLES.put("listeners", "Listeners: `listeners { NAME { ... } }`");
        TITLES.put("networks", "Networks: `networks = [ { ... } ]`");
        TITLES.put("upstreams", "Upstreams: `upstreams { NAME { ... } }`");
        TITLES.put("rewrite", "Rewrites: `rewrite = [ { ... } ]`");
        TITLES.put("routes", "Routes: `routes = [ { ... } ]`");
        TITLES.put("spool", "Spool: `spool { ... }`");
        TITLES.put("integrity", "Integrity log: `integrity { ... }`");
        TITLES.put("admin", "Health and metrics: `admin { ... }`");
        TITLES.put("log", "The relay's own log: `log { ... }`");
    }

    private SchemaPage() {}

    static String markdown() {
        Map<String, List<Key>> sections =
                Schema.KEYS.stream()
                        .collect(
                                Collectors.groupingBy(
                                        SchemaPage::section,
                                        LinkedHashMap::new,
                                        Collectors.toList()));
        StringBuilder page = new StringBuilder(HEAD);
        sections.forEach(
                (section, keys) -> {
                    String title = TITLES.get(section);
                    if (title == null) {
                        throw new IllegalStateException("no title for the section " + section);
                    }
                    page.append("\n## ").append(title).append("\n\n");
                    page.append("| Key | Value | Default | What it does |\n|---|---|---|---|\n");
                    keys.forEach(key -> page.append(row(key, section)));
                });
        return page.toString();
    }

    private static String section(Key key) {
        int end = key.path().indexOf('.');
        return end < 0 ? "" : key.path().substring(0, end).replace("[]", "");
    }

    private static String row(Key key, String section) {
        String name = key.path().replaceFirst("^" + section + "(?:\\[])?\\.(?:\\*\\.)?", "");
        int within = key.variant().indexOf('/');
        String variant =
                key.variant().isEmpty()
                        ? ""
                        : within < 0
                                ? " (" + discriminator(section) + key.variant() + ")"
                                : " (transport " + key.variant().substring(within + 1) + ")";
        String preset =
                switch (key.preset()) {
                    case Key.Preset.Required _ -> "must be written";
                    case Key.Preset.Written(String value) -> "`" + value(key, value) + "`";
                    case Key.Preset.Described(String text) -> text;
                };
        return "| `"
                + name
                + "`"
                + variant
                + " | "
                + key.kind().describe()
                + " | "
                + preset
                + " | "
                + key.doc()
                + " |\n";
    }

    private static String discriminator(String section) {
        return section.equals("listeners") ? "transport " : "type ";
    }

    /** As it would be written: texts in quotation marks. */
    private static String value(Key key, String value) {
        return switch (key.kind()) {
            case Kind.HostAndPort _,
                    Kind.Folder _,
                    Kind.ReadFile _,
                    Kind.WrittenFile _,
                    Kind.DailyFile _,
                    Kind.Word _ ->
                    "\"" + value + "\"";
            case Kind.Choice<?> _,
                    Kind.Size _,
                    Kind.Time _,
                    Kind.Whole _,
                    Kind.Rate _,
                    Kind.Zone _,
                    Kind.Net _,
                    Kind.Peer _,
                    Kind.Flag _,
                    Kind.Name _,
                    Kind.Glob _,
                    Kind.Regex _,
                    Kind.SeverityRange _,
                    Kind.Mapping _,
                    Kind.Replacement _,
                    Kind.OneOrMany _,
                    Kind.BlockLike _,
                    Kind.Many _ ->
                    value;
        };
    }
}
