package io.sealpost.relay.route;

import io.sealpost.protocol.message.MessageScan;
import java.util.List;

/** What a rule asks of a message, as an immutable tree. Evaluated without allocation. */
sealed interface Condition {
    boolean matches(Evaluation at);

    /** Every message. */
    record Always() implements Condition {
        @Override
        public boolean matches(Evaluation at) {
            return true;
        }
    }

    /** All of these hold. The cheap ones stand first. */
    record All(List<Condition> parts) implements Condition {
        public All {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean matches(Evaluation at) {
            for (int i = 0; i < parts.size(); i++) {
                if (!parts.get(i).matches(at)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** At least one of these holds. */
    record Any(List<Condition> parts) implements Condition {
        public Any {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean matches(Evaluation at) {
            for (int i = 0; i < parts.size(); i++) {
                if (parts.get(i).matches(at)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** This does not hold. */
    record Not(Condition inner) implements Condition {
        @Override
        public boolean matches(Evaluation at) {
            return !inner.matches(at);
        }
    }

    /** The facility is one of these bits. */
    record Facilities(int bits) implements Condition {
        @Override
        public boolean matches(Evaluation at) {
            return (bits >>> at.scan().facility() & 1) != 0;
        }
    }

    /** The severity is one of these bits. */
    record Severities(int bits) implements Condition {
        @Override
        public boolean matches(Evaluation at) {
            return (bits >>> at.scan().severity() & 1) != 0;
        }
    }

    /** HOSTNAME is like one of these. */
    record Hostname(List<Glob> globs) implements Condition {
        public Hostname {
            globs = List.copyOf(globs);
        }

        @Override
        public boolean matches(Evaluation at) {
            MessageScan scan = at.scan();
            for (int i = 0; i < globs.size(); i++) {
                if (globs.get(i)
                        .matches(
                                scan.hostnameSource(),
                                scan.hostnameOffset(),
                                scan.hostnameLength())) {
                    return true;
                }
            }
            return false;
        }
    }

    /** APP-NAME is like one of these. */
    record AppName(List<Glob> globs) implements Condition {
        public AppName {
            globs = List.copyOf(globs);
        }

        @Override
        public boolean matches(Evaluation at) {
            MessageScan scan = at.scan();
            for (int i = 0; i < globs.size(); i++) {
                if (globs.get(i)
                        .matches(
                                scan.appNameSource(), scan.appNameOffset(), scan.appNameLength())) {
                    return true;
                }
            }
            return false;
        }
    }

    /** What was found out once about the sender, its address or its listener. */
    record Sender(int fact) implements Condition {
        @Override
        public boolean matches(Evaluation at) {
            return at.holds(fact);
        }
    }

    /** One of the patterns from the first on is found in MSG. */
    record Text(int firstPattern, int patterns) implements Condition {
        @Override
        public boolean matches(Evaluation at) {
            for (int i = firstPattern; i < firstPattern + patterns; i++) {
                if (at.findsInText(i)) {
                    return true;
                }
            }
            return false;
        }
    }
}
