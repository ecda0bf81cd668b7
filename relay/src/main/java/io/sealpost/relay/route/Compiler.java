package io.sealpost.relay.route;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns matches into conditions; numbers their patterns and what they ask of senders. */
final class Compiler {
    /** A question about a sender, asked once per sender. */
    interface SenderTest {
        boolean holds(String listener, @Nullable InetAddress peer);
    }

    private final List<Pattern> patterns = new ArrayList<>();
    private final List<SenderTest> senderTests = new ArrayList<>();

    List<Pattern> patterns() {
        return patterns;
    }

    List<SenderTest> senderTests() {
        return senderTests;
    }

    int pattern(Pattern pattern) {
        patterns.add(pattern);
        return patterns.size() - 1;
    }

    Condition condition(Match match) {
        List<Condition> parts = new ArrayList<>();
        if (match.facilities() != 0) {
            parts.add(new Condition.Facilities(match.facilities()));
        }
        if (match.severities() != 0) {
            parts.add(new Condition.Severities(match.severities()));
        }
        if (!match.listeners().isEmpty()) {
            parts.add(sender((listener, _) -> match.listeners().contains(listener)));
        }
        if (!match.peers().isEmpty()) {
            parts.add(
                    sender(
                            (_, peer) ->
                                    peer != null
                                            && match.peers().stream()
                                                    .anyMatch(net -> net.test(peer))));
        }
        if (!match.appNames().isEmpty()) {
            parts.add(new Condition.AppName(match.appNames().stream().map(Glob::new).toList()));
        }
        if (!match.hostnames().isEmpty()) {
            parts.add(new Condition.Hostname(match.hostnames().stream().map(Glob::new).toList()));
        }
        match.not().ifPresent(not -> parts.add(new Condition.Not(condition(not))));
        if (!match.any().isEmpty()) {
            parts.add(new Condition.Any(match.any().stream().map(this::condition).toList()));
        }
        if (!match.texts().isEmpty()) {
            int first = patterns.size();
            patterns.addAll(match.texts());
            parts.add(new Condition.Text(first, match.texts().size()));
        }
        return switch (parts.size()) {
            case 0 -> new Condition.Always();
            case 1 -> parts.getFirst();
            default -> new Condition.All(parts);
        };
    }

    private Condition sender(SenderTest test) {
        senderTests.add(test);
        return new Condition.Sender(senderTests.size() - 1);
    }
}
