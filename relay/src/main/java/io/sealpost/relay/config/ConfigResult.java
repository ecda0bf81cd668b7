package io.sealpost.relay.config;

import java.util.List;

/** What reading a conf file came to. */
public sealed interface ConfigResult {
    /** The ports that it asks for, as far as they could be read. */
    List<Port> ports();

    /** Good; the warnings are worth reading. */
    record Loaded(RelayConfig config, List<ConfigProblem> warnings, List<Port> ports)
            implements ConfigResult {
        public Loaded {
            warnings = List.copyOf(warnings);
            ports = List.copyOf(ports);
        }
    }

    /** Not to be used; all problems, sorted by file and line. */
    record Rejected(List<ConfigProblem> problems, List<Port> ports) implements ConfigResult {
        public Rejected {
            problems = List.copyOf(problems);
            ports = List.copyOf(ports);
        }
    }
}
