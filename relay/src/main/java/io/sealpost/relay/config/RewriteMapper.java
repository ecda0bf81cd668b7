package io.sealpost.relay.config;

import io.sealpost.protocol.message.Facility;
import io.sealpost.protocol.message.Severity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the records of rewrites from the checked blocks. */
final class RewriteMapper {
    /** What stands for a redacted text unless told otherwise. */
    private static final String REDACTED = "***";

    private RewriteMapper() {}

    static List<RelayConfig.Rewrite> rewrites(Block root) {
        List<RelayConfig.Rewrite> rewrites = new ArrayList<>();
        for (Block block : root.list("rewrite", Block.class)) {
            Block set = block.block("set");
            Block map = block.block("map");
            rewrites.add(
                    new RelayConfig.Rewrite(
                            block.find("match", Block.class)
                                    .map(RouteMapper::match)
                                    .orElse(RelayConfig.Match.EVERYTHING),
                            new RelayConfig.Rewrite.Values(
                                    set.find("facility", Facility.class),
                                    set.find("severity", Severity.class),
                                    set.find("hostname", String.class),
                                    set.find("app-name", String.class)),
                            new RelayConfig.Rewrite.Tables(
                                    table(map, "facility", Facility.class),
                                    table(map, "severity", Severity.class),
                                    table(map, "hostname", String.class),
                                    table(map, "app-name", String.class)),
                            RouteMapper.all(block, "redact", String.class),
                            block.find("redact-with", String.class).orElse(REDACTED)));
        }
        return rewrites;
    }

    private static <T> Map<T, T> table(Block block, String key, Class<T> type) {
        Map<T, T> table = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : RouteMapper.all(block, key, Map.Entry.class)) {
            table.put(type.cast(entry.getKey()), type.cast(entry.getValue()));
        }
        return table;
    }
}
