package io.sealpost.relay.config;

import java.util.List;

/** What reading a conf file came to. */
public sealed interface ConfigResult {
    /** Good; the warnings are worth reading. */
    record Loaded(RelayConfig config, List<ConfigProblem> warnings) implements ConfigResult {
        public Loaded {
            warnings = List.copyOf(warnings);
        }
    }

    /** Not to be used; all problems, sorted by file and line. */
    record Rejected(List<ConfigProblem> problems) implements ConfigResult {
        public Rejected {
            problems = List.copyOf(problems);
        }
    }
}
