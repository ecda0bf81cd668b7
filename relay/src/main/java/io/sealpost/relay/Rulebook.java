package io.sealpost.relay;

import io.sealpost.protocol.message.Facility;
import io.sealpost.protocol.message.Severity;
import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.config.UpstreamConfig;
import io.sealpost.relay.route.Match;
import io.sealpost.relay.route.NameChange;
import io.sealpost.relay.route.Redaction;
import io.sealpost.relay.route.Rewrite;
import io.sealpost.relay.route.Route;
import io.sealpost.relay.route.Rules;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** The rules of a conf file, compiled: the same for the relay, a reload and {@code explain}. */
final class Rulebook {
    private Rulebook() {}

    /**
     * Compiles the rules.
     *
     * @param number the number for life of the upstream with this name
     */
    static Rules of(RelayConfig config, ToIntFunction<String> number) {
        return Rules.of(
                config.rewrites().stream().map(Rulebook::rewrite).toList(), routes(config, number));
    }

    private static List<Route> routes(RelayConfig config, ToIntFunction<String> number) {
        if (config.routes().isEmpty()) {
            List<String> all = config.upstreams().stream().map(UpstreamConfig::name).toList();
            return List.of(Rules.everywhereRoute(upstreams(all, number)));
        }
        return config.routes().stream()
                .map(
                        route ->
                                new Route(
                                        route.label(),
                                        match(route.match()),
                                        upstreams(route.to(), number),
                                        route.goesOn()))
                .toList();
    }

    private static Rewrite rewrite(RelayConfig.Rewrite rewrite) {
        RelayConfig.Rewrite.Values set = rewrite.set();
        RelayConfig.Rewrite.Tables map = rewrite.map();
        return new Rewrite(
                match(rewrite.match()),
                numbers(
                        Facility.values(),
                        Facility::number,
                        old -> set.facility().orElse(map.facility().getOrDefault(old, old))),
                numbers(
                        Severity.values(),
                        Severity::number,
                        old -> set.severity().orElse(map.severity().getOrDefault(old, old))),
                name(set.hostname(), map.hostname()),
                name(set.appName(), map.appName()),
                rewrite.redact().stream()
                        .map(regex -> new Redaction(Pattern.compile(regex), rewrite.redactWith()))
                        .toList());
    }

    /** What each becomes, in the order of the numbers. */
    private static <T> List<Integer> numbers(
            T[] all, ToIntFunction<T> number, UnaryOperator<T> becomes) {
        return Arrays.stream(all)
                .sorted(Comparator.comparingInt(number))
                .map(each -> number.applyAsInt(becomes.apply(each)))
                .toList();
    }

    private static NameChange name(Optional<String> set, Map<String, String> map) {
        return set.map(NameChange::to).orElseGet(() -> NameChange.by(map));
    }

    private static long upstreams(List<String> names, ToIntFunction<String> number) {
        return names.stream()
                .mapToLong(name -> 1L << number.applyAsInt(name))
                .reduce(0, (one, other) -> one | other);
    }

    private static Match match(RelayConfig.Match match) {
        return new Match(
                bits(match.facilities().stream().mapToInt(Facility::number).toArray()),
                bits(match.severities().stream().mapToInt(Severity::number).toArray()),
                match.hostnames(),
                match.appNames(),
                match.messages().stream().map(Pattern::compile).toList(),
                match.listeners(),
                match.peers().stream().<Predicate<InetAddress>>map(net -> net::contains).toList(),
                match.not().map(Rulebook::match),
                match.any().stream().map(Rulebook::match).toList());
    }

    private static int bits(int[] numbers) {
        int bits = 0;
        for (int number : numbers) {
            bits |= 1 << number;
        }
        return bits;
    }
}
