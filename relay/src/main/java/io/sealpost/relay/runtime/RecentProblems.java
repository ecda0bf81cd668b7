package io.sealpost.relay.runtime;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last warnings and errors of the relay's log, for whoever asks how it is. Thread-safe. */
public final class RecentProblems {
    private static final int MAX_LINES = 5;

    private static final Deque<String> LINES = new ArrayDeque<>();

    private RecentProblems() {}

    /** The last ones, oldest first, as they stand in the log. */
    public static List<String> lines() {
        synchronized (LINES) {
            return List.copyOf(LINES);
        }
    }

    private static void add(String line) {
        synchronized (LINES) {
            if (LINES.size() == MAX_LINES) {
                LINES.removeFirst();
            }
            LINES.addLast(line);
        }
    }

    /** Fills them. */
    static final class Appender extends AppenderBase<ILoggingEvent> {
        private final LogEncoder encoder = new LogEncoder();

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
                add(new String(encoder.encode(event), StandardCharsets.UTF_8).stripTrailing());
            }
        }
    }
}
