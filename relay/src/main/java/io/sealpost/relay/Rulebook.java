package io.sealpost.relay;

import io.sealpost.protocol.message.Facility;
import io.sealpost.protocol.message.Severity;
import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.route.Match;
import io.sealpost.relay.route.Route;
import io.sealpost.relay.route.Rules;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
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
        if (config.routes().isEmpty()) {
            return Rules.everywhere(
                    upstreams(
                            config.upstreams().stream().map(RelayConfig.Upstream::name).toList(),
                            number));
        }
        return Rules.of(
                config.routes().stream()
                        .map(
                                route ->
                                        new Route(
                                                route.label(),
                                                match(route.match()),
                                                upstreams(route.to(), number),
                                                route.goesOn()))
                        .toList());
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
