package io.sealpost.relay;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;

/**
 * What one logger, and those below it, told since this was made. A filter rather than an appender:
 * Logback's list of appenders may forget one for good that is added while others log or are added,
 * as happens in tests that run beside each other. Thread-safe.
 */
public final class LogLines implements AutoCloseable {
    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final TurboFilter listener;

    private LogLines(String logger) {
        listener = new Listener(logger, lines);
        context.addTurboFilter(listener);
    }

    public static LogLines of(Class<?> logger) {
        return of(logger.getName());
    }

    public static LogLines of(String logger) {
        return new LogLines(logger);
    }

    /** The messages, oldest first, as the log has them behind time, level and logger. */
    public List<String> all() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        context.getTurboFilterList().remove(listener);
    }

    private static final class Listener extends TurboFilter {
        private final String listened;
        private final List<String> lines;

        Listener(String listened, List<String> lines) {
            this.listened = listened;
            this.lines = lines;
        }

        @Override
        public FilterReply decide(
                @Nullable Marker marker,
                Logger logger,
                Level level,
                @Nullable String format,
                Object @Nullable [] values,
                @Nullable Throwable cause) {
            // without a format it is only asked whether the level is on
            if (format != null
                    && level.isGreaterOrEqual(logger.getEffectiveLevel())
                    && (logger.getName() + ".").startsWith(listened + ".")) {
                lines.add(MessageFormatter.arrayFormat(format, values).getMessage());
            }
            return FilterReply.NEUTRAL;
        }
    }
}
