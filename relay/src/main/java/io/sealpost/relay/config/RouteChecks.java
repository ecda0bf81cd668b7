package io.sealpost.relay.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules for routes that need more than one key. Values that are wrong alone are missing here. */
final class RouteChecks {
    /** Reasons of drops at the door that are not a route's. */
    private static final Set<String> TAKEN =
            Set.of("no-route", "spool-full", "rate-limit", "shutdown", "empty");

    private final Block root;
    private final Problems problems;
    private final Set<String> listeners;
    private final Set<String> upstreams;

    RouteChecks(Block root, Problems problems) {
        this.root = root;
        this.problems = problems;
        this.listeners = root.block("listeners").named().keySet();
        this.upstreams = root.block("upstreams").named().keySet();
    }

    void check() {
        List<Block> routes = root.list("routes", Block.class);
        Map<String, Integer> names = new HashMap<>();
        for (int i = 0; i < routes.size(); i++) {
            Block route = routes.get(i);
            String where = "routes[" + i + "]";
            String label = RouteMapper.label(route, i);
            name(route, where, label, names.putIfAbsent(label, i));
            destinations(route, where);
            match(route.block("match"), where + ".match");
        }
    }

    private void name(Block route, String where, String name, @Nullable Integer first) {
        if (first != null) {
            problems.add(
                    route.place("name"),
                    where + ".name: routes[" + first + "] is named " + name + " too, use another");
        } else if (TAKEN.contains(name)) {
            problems.add(
                    route.place("name"),
                    where
                            + ".name: "
                            + name
                            + " is the name of another reason to drop messages, use another");
        }
    }

    private void destinations(Block route, String where) {
        if (!route.has("to")) {
            return;
        }
        List<String> to = route.list("to", String.class);
        Set<String> seen = new HashSet<>();
        for (String upstream : to) {
            if (!upstreams.contains(upstream)) {
                problems.add(
                        route.place("to"),
                        where + ".to: " + unknown("upstream", upstream, upstreams));
            } else if (!seen.add(upstream)) {
                problems.add(
                        route.place("to"),
                        where + ".to: " + upstream + " stands there twice, take one out");
            }
        }
        if (to.isEmpty() && route.find("continue", Boolean.class).orElse(false)) {
            problems.add(
                    route.place("continue"),
                    where + ": to = [] with continue = true does nothing, take one of them out");
        }
    }

    /** Also those within this one. */
    void match(Block match, String where) {
        for (String listener : RouteMapper.all(match, "listener", String.class)) {
            if (!listeners.contains(listener)) {
                problems.add(
                        match.place("listener"),
                        where + ".listener: " + unknown("listener", listener, listeners));
            }
        }
        match.find("not", Block.class)
                .ifPresent(
                        not -> {
                            if (not.isEmpty()) {
                                problems.add(
                                        match.place("not"),
                                        where
                                                + ".not: is every message, so nothing can match,"
                                                + " ask for something in it");
                            }
                            match(not, where + ".not");
                        });
        List<Block> any = RouteMapper.all(match, "any", Block.class);
        for (int i = 0; i < any.size(); i++) {
            match(any.get(i), where + ".any[" + i + "]");
        }
    }

    private static String unknown(String what, String name, Set<String> known) {
        return "there is no "
                + what
                + " "
                + name
                + Nearest.to(name, known)
                        .map(near -> ", did you mean " + near + "?")
                        .orElse(", use one of " + String.join(", ", known));
    }
}
