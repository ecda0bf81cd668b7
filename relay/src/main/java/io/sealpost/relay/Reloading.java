package io.sealpost.relay;

import io.sealpost.relay.admin.ReloadRequest;
import io.sealpost.relay.config.ConfigProblem;
import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.runtime.Logging;
import io.sealpost.relay.watch.Event;
import io.sealpost.relay.watch.EventKind;
import io.sealpost.relay.watch.Events;
import java.util.List;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reload as the operator asks for it, by SIGHUP or on the control socket: what became of it
 * stands in the answer, in the log and in the relay's own messages. Thread-safe.
 */
record Reloading(Relay relay, Events events) implements ReloadRequest {
    private static final Logger LOG = LoggerFactory.getLogger(Reloading.class);

    @Override
    public Outcome reload() {
        return switch (relay.reload()) {
            case Reload.Outcome.Done(RelayConfig config, List<ConfigProblem> warnings) ->
                    done(config, warnings);
            case Reload.Outcome.Refused(List<ConfigProblem> problems) -> refused(problems);
        };
    }

    private Outcome done(RelayConfig config, List<ConfigProblem> warnings) {
        configureLog(config);
        warnings.forEach(warning -> LOG.warn("{}", warning));
        String text = "reloaded " + config.file() + ": listening " + relay.listening();
        LOG.info("{}", text);
        events.raise(Event.of(EventKind.RELOADED, text));
        Stream<String> lines = warnings.stream().map(warning -> "warning: " + warning);
        return new Outcome(true, Stream.concat(lines, Stream.of(text)).collect(lines()));
    }

    private Outcome refused(List<ConfigProblem> problems) {
        String end = "reload refused, nothing has changed";
        problems.forEach(problem -> LOG.error("{}", problem));
        LOG.error("{}", end);
        events.raise(
                Event.of(
                        EventKind.RELOAD_FAILED,
                        end
                                + "; problems: "
                                + problems.size()
                                + "; first: "
                                + problems.getFirst()));
        Stream<String> lines = problems.stream().map(ConfigProblem::toString);
        return new Outcome(false, Stream.concat(lines, Stream.of(end)).collect(lines()));
    }

    private static Collector<CharSequence, ?, String> lines() {
        return Collectors.joining("\n");
    }

    /** The relay's log as the conf file wants it. */
    static void configureLog(RelayConfig config) {
        Logging.configure(
                config.log().level().name(), config.log().format() == RelayConfig.Log.Format.JSON);
    }
}
