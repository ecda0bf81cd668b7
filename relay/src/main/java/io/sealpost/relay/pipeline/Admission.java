package io.sealpost.relay.pipeline;

import io.sealpost.protocol.message.MessageScan;
import java.util.function.IntSupplier;

/** What is let in at the door while the log fills up. Immutable; shared by all event loops. */
public sealed interface Admission {
    /** Reason under which messages are counted that are not let in. */
    String SPOOL_FULL = "spool-full";

    /** The log holds all it may. */
    int FULL_PERCENT = 100;

    /** Everything; when the log is full, senders wait. */
    record Block() implements Admission {}

    /** Everything; when the log is full, new messages are dropped. */
    record DropNew(IntSupplier fillPercent) implements Admission {}

    /** Less and less as the log fills; what is still let in waits when it is full. */
    record DropBySeverity(IntSupplier fillPercent) implements Admission {}

    /** What is let in at one fill of the log. */
    enum Level {
        ALL(8, false),
        /** Above 80 %: no debug and info. */
        NOTICE_AND_WORSE(6, false),
        /** Above 90 %: no notice. */
        WARNING_AND_WORSE(5, false),
        /** Above 95 %: no warning and error. */
        CRITICAL_AND_WORSE(3, false),
        /** Above 99 %: only alert, emergency, and the facilities auth and authpriv. */
        PROTECTED(2, true),
        /** The log is full and its policy is to drop. */
        NOTHING(0, false);

        private static final int AUTH = 4;
        private static final int AUTHPRIV = 10;

        private final int severities;
        private final boolean alsoAuth;

        Level(int severities, boolean alsoAuth) {
            this.severities = severities;
            this.alsoAuth = alsoAuth;
        }

        static Level atFill(int percent) {
            if (percent > 99) {
                return PROTECTED;
            }
            if (percent > 95) {
                return CRITICAL_AND_WORSE;
            }
            if (percent > 90) {
                return WARNING_AND_WORSE;
            }
            return percent > 80 ? NOTICE_AND_WORSE : ALL;
        }

        boolean admits(MessageScan scan) {
            return scan.severity() < severities
                    || (alsoAuth && (scan.facility() == AUTH || scan.facility() == AUTHPRIV));
        }
    }

    /** What is let in now. */
    default Level level() {
        return switch (this) {
            case Block() -> Level.ALL;
            case DropNew(IntSupplier fill) ->
                    fill.getAsInt() >= FULL_PERCENT ? Level.NOTHING : Level.ALL;
            case DropBySeverity(IntSupplier fill) -> Level.atFill(fill.getAsInt());
        };
    }
}
