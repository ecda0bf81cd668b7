package io.sealpost.relay.runtime;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.SubstituteLoggerFactory;

/**
 * The relay's own log on standard error, set up in code: Logback finds this class as its
 * configurator and looks for no files.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    /** Libraries tell more than an operator wants to know. */
    private static final String NETTY = "io.netty";

    private static final int PATIENCE_MILLIS = 5_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private static final LogEncoder ENCODER = new LogEncoder();

    /** For Logback. */
    public Logging() {}

    /** Warnings and errors as text, until the conf file has been read. */
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        attachAppenders(context);
        configure(context, Level.WARN, false);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /**
     * Logs from now on as the conf file says. What other threads log meanwhile comes out, one way
     * or the other: the appenders stay.
     *
     * @param level error, warn, info, debug or trace
     * @param json one JSON object a line instead of text
     */
    public static void configure(String level, boolean json) {
        if (factory() instanceof LoggerContext context) {
            configure(context, Level.toLevel(level, Level.INFO), json);
        }
    }

    /**
     * The factory, waited for while another thread sets logging up: what SLF4J hands out meanwhile
     * is a substitute that cannot be configured.
     */
    private static ILoggerFactory factory() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        for (int i = 0; i < PATIENCE_MILLIS && factory instanceof SubstituteLoggerFactory; i++) {
            LockSupport.parkNanos(NANOS_PER_MILLI);
            factory = LoggerFactory.getILoggerFactory();
        }
        return factory;
    }

    private static void attachAppenders(LoggerContext context) {
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ENCODER.setContext(context);
        ENCODER.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(ENCODER);
        appender.start();
        root.addAppender(appender);
        RecentProblems.Appender problems = new RecentProblems.Appender();
        problems.setContext(context);
        problems.start();
        root.addAppender(problems);
    }

    private static void configure(LoggerContext context, Level level, boolean json) {
        ENCODER.write(json, Level.DEBUG.isGreaterOrEqual(level));
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(level);
        context.getLogger(NETTY).setLevel(level == Level.TRACE ? Level.DEBUG : Level.WARN);
    }
}
