package io.sealpost.relay.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is allowed in routes, but hardly meant; of a conf file without problems. */
final class RouteWarnings {
    private final Block root;
    private final List<RelayConfig.Route> routes;
    private final Problems warnings;

    private RouteWarnings(Block root, List<RelayConfig.Route> routes, Problems warnings) {
        this.root = root;
        this.routes = routes;
        this.warnings = warnings;
    }

    static void add(Block root, List<RelayConfig.Route> routes, Problems warnings) {
        if (!routes.isEmpty()) {
            RouteWarnings found = new RouteWarnings(root, routes, warnings);
            found.messagesWithoutRoute();
            found.upstreamsWithoutRoute(found.routesNeverReached());
        }
    }

    /** Warns of them; returns the upstreams to which the others lead. */
    private Set<String> routesNeverReached() {
        List<Block> blocks = root.list("routes", Block.class);
        List<RelayConfig.Route> ends = new ArrayList<>();
        Set<String> reached = new HashSet<>();
        for (int i = 0; i < routes.size(); i++) {
            RelayConfig.Route route = routes.get(i);
            Optional<RelayConfig.Route> before =
                    ends.stream().filter(end -> takesAllOf(end, route)).findFirst();
            if (before.isPresent()) {
                warnings.add(
                        blocks.get(i).place(),
                        route.label()
                                + " is never reached: "
                                + before.get().label()
                                + " takes all its messages, move it before that or take it out");
                continue;
            }
            reached.addAll(route.to());
            if (!route.goesOn()) {
                ends.add(route);
            }
        }
        return reached;
    }

    private static boolean takesAllOf(RelayConfig.Route end, RelayConfig.Route route) {
        return end.match().isEverything() || end.match().equals(route.match());
    }

    private void messagesWithoutRoute() {
        if (routes.stream().noneMatch(route -> route.match().isEverything())) {
            warnings.add(
                    root.place("routes"),
                    "routes: a message that matches none is dropped and counted as no-route; end"
                            + " with { to = [ ... ] } to take them all, or with { to = [] } if"
                            + " this is meant");
        }
    }

    private void upstreamsWithoutRoute(Set<String> reached) {
        root.block("upstreams")
                .named()
                .forEach(
                        (name, block) -> {
                            if (!reached.contains(name)) {
                                warnings.add(
                                        block.place(),
                                        "upstreams."
                                                + name
                                                + ": no route leads there, add one or take the"
                                                + " upstream out");
                            }
                        });
    }
}
