package io.sealpost.relay.watch;

/**
 * What can happen to the relay that its operator should hear of. The label is the MSGID of the
 * message about it and for life; the severity is that of RFC 5424 §6.2.1.
 */
public enum EventKind {
    STARTED("started", Severity.NOTICE, Topic.RELAY),
    STOPPING("stopping", Severity.NOTICE, Topic.RELAY),
    RELOADED("reloaded", Severity.NOTICE, Topic.RELAY),
    RELOAD_FAILED("reload-failed", Severity.ERROR, Topic.RELAY),
    CONNECTION_REFUSED("connection-refused", Severity.WARNING, Topic.REFUSAL),
    CONNECTION_CUT_OFF("connection-cut-off", Severity.WARNING, Topic.REFUSAL),
    REPEAT_KEPT("repeat-kept", Severity.WARNING, Topic.REFUSAL),
    RATE_LIMITED("rate-limited", Severity.WARNING, Topic.RATE),
    MESSAGES_DROPPED("messages-dropped", Severity.WARNING, Topic.DROP),
    QUARANTINED("quarantined", Severity.CRITICAL, Topic.SPOOL),
    SPOOL_FAILING("spool-failing", Severity.CRITICAL, Topic.SPOOL),
    SPOOL_WORKING("spool-working", Severity.NOTICE, Topic.SPOOL),
    UPSTREAM_DOWN("upstream-down", Severity.WARNING, Topic.UPSTREAM),
    UPSTREAM_UP("upstream-up", Severity.NOTICE, Topic.UPSTREAM),
    SERVER_DOWN("server-down", Severity.WARNING, Topic.SERVER),
    SERVER_UP("server-up", Severity.NOTICE, Topic.SERVER),
    /** Only counted: the message is a format of its own. */
    CHECKPOINT("CKPT", Severity.NOTICE, Topic.INTEGRITY),
    INTEGRITY_DROPPED("integrity-dropped", Severity.NOTICE, Topic.INTEGRITY),
    INTEGRITY_REOPENED("integrity-reopened", Severity.ALERT, Topic.INTEGRITY),
    INTEGRITY_ALARM("integrity-alarm", Severity.ALERT, Topic.INTEGRITY),
    INTEGRITY_GAP("integrity-gap", Severity.CRITICAL, Topic.INTEGRITY),
    INTEGRITY_FAILING("integrity-failing", Severity.CRITICAL, Topic.INTEGRITY),
    INTEGRITY_WORKING("integrity-working", Severity.NOTICE, Topic.INTEGRITY);

    /**
     * Kinds that share one limit, so that the last of them to be told is the last that happened.
     */
    private enum Topic {
        RELAY,
        REFUSAL,
        RATE,
        DROP,
        SPOOL,
        UPSTREAM,
        SERVER,
        INTEGRITY
    }

    private static final class Severity {
        static final int ALERT = 1;
        static final int CRITICAL = 2;
        static final int ERROR = 3;
        static final int WARNING = 4;
        static final int NOTICE = 5;
    }

    private final String label;
    private final int severity;
    private final Topic topic;

    EventKind(String label, int severity, Topic topic) {
        this.label = label;
        this.severity = severity;
        this.topic = topic;
    }

    /** Its name outside. */
    public String label() {
        return label;
    }

    /** Severity of the message, 0 to 7. */
    public int severity() {
        return severity;
    }

    /** Events of the same kinds and subject share a limit. */
    public String limitedWith() {
        return topic.name();
    }
}
