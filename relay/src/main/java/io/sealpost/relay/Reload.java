package io.sealpost.relay;

import io.sealpost.relay.config.ConfigProblem;
import io.sealpost.relay.config.ConfigReader;
import io.sealpost.relay.config.ConfigResult;
import io.sealpost.relay.config.RelayConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** What a changed conf file would do to a running relay; nothing is changed here. */
final class Reload {
    /** What became of a reload. */
    sealed interface Outcome {
        /** The new configuration is in force. */
        record Done(RelayConfig config, List<ConfigProblem> warnings) implements Outcome {
            public Done {
                warnings = List.copyOf(warnings);
            }
        }

        /** Nothing has changed, because of these. */
        record Refused(List<ConfigProblem> problems) implements Outcome {
            public Refused {
                problems = List.copyOf(problems);
            }
        }
    }

    private static final String RESTART =
            "cannot change while the relay runs, restart it or put the old value back";

    private final RelayConfig now;
    private final RelayConfig next;
    private final List<ConfigProblem> problems = new ArrayList<>();

    private Reload(RelayConfig now, RelayConfig next) {
        this.now = now;
        this.next = next;
    }

    /** Reads the file again. */
    static ConfigResult read(RelayConfig now) {
        return ConfigReader.read(now.file());
    }

    /** What stands against the next configuration. */
    static List<ConfigProblem> problems(RelayConfig now, RelayConfig next) {
        Reload reload = new Reload(now, next);
        reload.fixed("name", RelayConfig::name);
        reload.fixed("data-dir", RelayConfig::dataDir);
        reload.fixed("spool", RelayConfig::spool);
        reload.fixed("integrity", RelayConfig::integrity);
        reload.fixed("annotate", RelayConfig::annotate);
        reload.fixed("enterprise-number", RelayConfig::enterpriseNumber);
        reload.fixed("admin.bind", RelayConfig::admin);
        reload.listeners();
        reload.problems.addAll(new Preflight(next).surroundings());
        return List.copyOf(reload.problems);
    }

    private void fixed(String key, Function<RelayConfig, Object> value) {
        if (!Objects.equals(value.apply(now), value.apply(next))) {
            problems.add(next.problem(key, RESTART));
        }
    }

    /** The batches of the lanes are as large as the longest message of the start asked for. */
    private void listeners() {
        int longest = longestMessage(now);
        each(
                (key, door) -> {
                    if (door.maxMessageBytes() > longest) {
                        problems.add(
                                next.problem(
                                        key + ".max-message-size",
                                        "cannot be more than "
                                                + longest
                                                + " octets while the relay runs, restart it or use"
                                                + " less"));
                    }
                    if (bufferChanges(door)) {
                        problems.add(next.problem(key + ".receive-buffer", RESTART));
                    }
                });
    }

    private void each(BiConsumer<String, RelayConfig.Door> check) {
        next.listeners()
                .forEach(
                        listener ->
                                check.accept(
                                        "listeners." + listener.door().name(), listener.door()));
    }

    /** An open socket keeps its buffer. */
    private boolean bufferChanges(RelayConfig.Door door) {
        return now.listeners().stream()
                .map(RelayConfig.Listener::door)
                .anyMatch(
                        old ->
                                old.name().equals(door.name())
                                        && old.bind().equals(door.bind())
                                        && !old.receiveBuffer().equals(door.receiveBuffer()));
    }

    static int longestMessage(RelayConfig config) {
        return config.listeners().stream()
                .mapToInt(listener -> listener.door().maxMessageBytes())
                .max()
                .orElseThrow();
    }
}
