package io.sealpost.relay.config;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Rules for rewrites that need more than one key. Values that are wrong alone are missing here. */
final class RewriteChecks {
    private static final List<String> FIELDS =
            List.of("facility", "severity", "hostname", "app-name");

    private final Block root;
    private final Problems problems;
    private final RouteChecks routes;

    RewriteChecks(Block root, Problems problems, RouteChecks routes) {
        this.root = root;
        this.problems = problems;
        this.routes = routes;
    }

    void check() {
        List<Block> rewrites = root.list("rewrite", Block.class);
        for (int i = 0; i < rewrites.size(); i++) {
            Block rewrite = rewrites.get(i);
            String where = "rewrite[" + i + "]";
            rewrite.find("match", Block.class)
                    .ifPresent(match -> routes.match(match, where + ".match"));
            fields(rewrite, where);
        }
    }

    private void fields(Block rewrite, String where) {
        Block set = rewrite.block("set");
        Block map = rewrite.block("map");
        // a value that is wrong is missing here, but was meant to change something
        boolean nothing = !rewrite.isWritten("redact") && !problems.mention(where + ".");
        for (String field : FIELDS) {
            nothing &= !set.isWritten(field) && !map.isWritten(field);
            if (set.isWritten(field) && map.isWritten(field)) {
                problems.add(
                        map.place(field),
                        where + ".map." + field + ": set gives it already, take one of them out");
            }
            once(map, field, where);
        }
        if (nothing) {
            problems.add(
                    rewrite.place(),
                    where
                            + " changes nothing, write set { ... }, map { ... } or redact ="
                            + " \"REGEX\"");
        }
        if (rewrite.isWritten("redact-with") && !rewrite.isWritten("redact")) {
            problems.add(
                    rewrite.place("redact-with"),
                    where + ".redact-with: nothing is redacted, write redact = \"REGEX\"");
        }
    }

    private void once(Block map, String field, String where) {
        Set<String> seen = new HashSet<>();
        for (Map.Entry<?, ?> entry : RouteMapper.all(map, field, Map.Entry.class)) {
            String from = entry.getKey().toString();
            if (!seen.add(from.toLowerCase(Locale.ROOT))) {
                problems.add(
                        map.place(field),
                        where
                                + ".map."
                                + field
                                + ": "
                                + from.toLowerCase(Locale.ROOT)
                                + " stands there twice, take one out");
            }
        }
    }
}
