package io.sealpost.bench;

import io.sealpost.relay.route.Match;
import io.sealpost.relay.route.NameChange;
import io.sealpost.relay.route.Redaction;
import io.sealpost.relay.route.Rewrite;
import io.sealpost.relay.route.Route;
import io.sealpost.relay.route.Rules;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Rules for messages of {@link Streams}. */
final class BenchRules {
    private BenchRules() {}

    static Rules of(String name) {
        return switch (name) {
            case "none" -> Rules.everywhere(1);
            // each takes a third
            case "routes" ->
                    Rules.of(
                            List.of(
                                    new Route("a", host("host0*"), 1, false),
                                    new Route("b", host("host1*"), 2, false),
                                    new Route("c", host("host2*"), 4, false)));
            case "pattern" ->
                    Rules.of(
                            List.of(
                                    new Route("a", text("session (closed|broken)"), 2, false),
                                    Rules.everywhereRoute(1)));
            case "set" -> rewrite(NameChange.to("relay"), List.of());
            case "redact" ->
                    rewrite(
                            NameChange.NONE,
                            List.of(
                                    new Redaction(
                                            Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+"), "x")));
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Rules rewrite(NameChange host, List<Redaction> redactions) {
        return Rules.of(
                List.of(
                        new Rewrite(
                                Match.EVERYTHING,
                                IntStream.range(0, 24).boxed().toList(),
                                IntStream.range(0, 8).boxed().toList(),
                                host,
                                NameChange.NONE,
                                redactions)),
                List.of(Rules.everywhereRoute(1)));
    }

    private static Match host(String pattern) {
        return match(List.of(pattern), List.of());
    }

    private static Match text(String pattern) {
        return match(List.of(), List.of(Pattern.compile(pattern)));
    }

    private static Match match(List<String> hostnames, List<Pattern> texts) {
        return new Match(
                0,
                0,
                hostnames,
                List.of(),
                texts,
                List.of(),
                List.of(),
                Optional.empty(),
                List.of());
    }
}
