package io.sealpost.relay.config;

import io.sealpost.protocol.message.Facility;
import io.sealpost.protocol.message.Severity;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Makes the records of rules from the checked blocks. */
final class RouteMapper {
    private RouteMapper() {}

    static List<RelayConfig.Route> routes(Block root) {
        List<RelayConfig.Route> routes = new ArrayList<>();
        for (Block block : root.list("routes", Block.class)) {
            routes.add(
                    new RelayConfig.Route(
                            label(block, routes.size()),
                            match(block.block("match")),
                            block.list("to", String.class),
                            block.get("continue", Boolean.class)));
        }
        return routes;
    }

    /** The name of the route at this index, or its number. */
    static String label(Block block, int index) {
        return block.find("name", String.class).orElse("route-" + (index + 1));
    }

    static RelayConfig.Match match(Block block) {
        return new RelayConfig.Match(
                Set.copyOf(all(block, "facility", Facility.class)),
                severities(block),
                all(block, "hostname", String.class),
                all(block, "app-name", String.class),
                all(block, "message", String.class),
                all(block, "listener", String.class),
                all(block, "peer", Network.class),
                block.find("not", Block.class).map(RouteMapper::match),
                all(block, "any", Block.class).stream().map(RouteMapper::match).toList());
    }

    private static Set<Severity> severities(Block block) {
        EnumSet<Severity> severities = EnumSet.noneOf(Severity.class);
        for (Set<?> range : all(block, "severity", Set.class)) {
            range.forEach(each -> severities.add((Severity) each));
        }
        return severities;
    }

    static <T> List<T> all(Block block, String key, Class<T> type) {
        return block.has(key) ? block.list(key, type) : List.of();
    }
}
