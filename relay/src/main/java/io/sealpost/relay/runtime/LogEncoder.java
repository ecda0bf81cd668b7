package io.sealpost.relay.runtime;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * One line for each event of the relay's own log: text for people or a JSON object. Stack traces
 * only where debug is on.
 */
final class LogEncoder extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final byte[] NOTHING = new byte[0];
    private static final String OURS = "io.sealpost.";

    private volatile boolean json;
    private volatile boolean traces;

    /** Events from now on as JSON instead of text, with stack traces or without. Any thread. */
    void write(boolean asJson, boolean withTraces) {
        json = asJson;
        traces = withTraces;
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        String line = json ? json(event) : text(event);
        return (line + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private String text(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(time(event));
        line.append(' ').append(event.getLevel());
        line.append(event.getLevel().levelStr.length() < 5 ? "  " : " ");
        line.append(name(event)).append(": ");
        indented(event.getFormattedMessage(), line);
        IThrowableProxy cause = event.getThrowableProxy();
        if (cause != null) {
            line.append(": ");
            indented(summary(cause), line);
            if (traces) {
                line.append(trace(cause));
            }
        }
        return line.toString();
    }

    private String json(ILoggingEvent event) {
        JsonText line =
                JsonText.object()
                        .put("time", time(event))
                        .put("level", event.getLevel().toString())
                        .put("logger", event.getLoggerName())
                        .put("thread", event.getThreadName())
                        .put("message", event.getFormattedMessage());
        IThrowableProxy cause = event.getThrowableProxy();
        if (cause != null) {
            line.put("error", summary(cause));
            if (traces) {
                line.put("trace", trace(cause));
            }
        }
        return line.end();
    }

    private static String time(ILoggingEvent event) {
        return TIME.format(Instant.ofEpochMilli(event.getTimeStamp()));
    }

    /** Our own loggers by their class alone. */
    private static String name(ILoggingEvent event) {
        String name = event.getLoggerName();
        return name.startsWith(OURS) ? name.substring(name.lastIndexOf('.') + 1) : name;
    }

    private static String summary(IThrowableProxy cause) {
        String type = cause.getClassName();
        String message = cause.getMessage();
        String shortType = type.substring(type.lastIndexOf('.') + 1);
        return message == null ? shortType : shortType + ": " + message;
    }

    /** Further lines are indented: what others put into a message cannot pass for an event. */
    private static void indented(String message, StringBuilder line) {
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            if (c == '\n') {
                line.append("\n    ");
            } else {
                line.append(Character.isISOControl(c) ? '?' : c);
            }
        }
    }

    private static String trace(IThrowableProxy first) {
        StringBuilder trace = new StringBuilder();
        frames(first, trace);
        for (IThrowableProxy cause = first.getCause(); cause != null; cause = cause.getCause()) {
            trace.append("\n  caused by ").append(summary(cause));
            frames(cause, trace);
        }
        return trace.toString();
    }

    private static void frames(IThrowableProxy cause, StringBuilder trace) {
        for (StackTraceElementProxy frame : cause.getStackTraceElementProxyArray()) {
            trace.append("\n    ").append(frame.getSTEAsString());
        }
    }
}
