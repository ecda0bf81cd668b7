package io.sealpost.relay.route;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which messages a rule is for: all that is asked must hold, and of a list one element is enough.
 *
 * @param facilities bit n set: facility n; 0 does not ask
 * @param severities bit n set: severity n; 0 does not ask
 * @param hostnames patterns with {@code *} and {@code ?}, upper and lower case alike
 * @param appNames as hostnames
 * @param texts found somewhere in MSG
 * @param listeners names of listeners
 * @param peers networks of senders
 * @param not what must not hold as a whole
 * @param any of which one must hold
 */
public record Match(
        int facilities,
        int severities,
        List<String> hostnames,
        List<String> appNames,
        List<Pattern> texts,
        List<String> listeners,
        List<Predicate<InetAddress>> peers,
        Optional<Match> not,
        List<Match> any) {
    /** Every message. */
    public static final Match EVERYTHING =
            new Match(
                    0,
                    0,
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    List.of());

    /** Takes copies. */
    public Match {
        hostnames = List.copyOf(hostnames);
        appNames = List.copyOf(appNames);
        texts = List.copyOf(texts);
        listeners = List.copyOf(listeners);
        peers = List.copyOf(peers);
        any = List.copyOf(any);
    }
}
