package io.sealpost.relay.watch;

import java.util.List;

/**
 * Every metric of the relay: its outside name, what it counts and its labels. The numbers of those
 * that survive restarts are for life, see {@code docs/format/counters.md}.
 */
public enum MetricName {
    RECEIVED(
            "sealpost_messages_received_total",
            "Messages taken in at the door.",
            Type.COUNTER,
            1,
            "listener"),
    RECEIVED_BYTES(
            "sealpost_bytes_received_total",
            "Octets of the messages taken in, as received, without framing.",
            Type.COUNTER,
            2,
            "listener"),
    CHANGED(
            "sealpost_messages_changed_total",
            "Messages that normalization changed or marked; a message with two reasons counts under"
                    + " both.",
            Type.COUNTER,
            3,
            "reason"),
    DROPPED(
            "sealpost_messages_dropped_total",
            "Messages given up, by reason: at the door with the listener's name, behind the spool"
                    + " with the upstream's.",
            Type.COUNTER,
            4,
            "reason",
            "listener",
            "upstream"),
    KERNEL_DROPS(
            "sealpost_udp_kernel_drops_total",
            "Datagrams that the kernel dropped because the socket's buffer was full.",
            Type.COUNTER,
            5,
            "listener"),
    CONNECTIONS("sealpost_connections", "Connections open now.", Type.GAUGE, 0, "listener"),
    REFUSED(
            "sealpost_connections_refused_total",
            "Connections closed at the door, by reason.",
            Type.COUNTER,
            6,
            "listener",
            "reason"),
    CUT_OFF(
            "sealpost_connections_cut_off_total",
            "Connections in use that the relay closed, by reason.",
            Type.COUNTER,
            7,
            "listener",
            "reason"),
    RELP_ACKNOWLEDGED(
            "sealpost_relp_acknowledged_total",
            "Messages acknowledged to their senders over RELP: they are durable.",
            Type.COUNTER,
            11,
            "listener"),
    RELP_REPEATS(
            "sealpost_relp_repeats_total",
            "Of these, messages that came again after a lost connection and are stored already; not"
                    + " among those received.",
            Type.COUNTER,
            13,
            "listener"),
    RELP_REPEATS_KEPT(
            "sealpost_relp_repeats_kept_total",
            "Messages of another Sealpost whose numbers had come before, but which are not known to"
                    + " be the same: stored.",
            Type.COUNTER,
            14,
            "listener"),
    RELP_SESSIONS_ENDED(
            "sealpost_relp_sessions_ended_total",
            "RELP sessions that were open and have ended: `closed` by the client, `shutdown` or"
                    + " `idle-timeout` by the relay, `lost` without a word, else the rule that the"
                    + " client broke.",
            Type.COUNTER,
            15,
            "listener",
            "reason"),
    RELP_UNDELIVERED(
            "sealpost_relp_acknowledged_undelivered_total",
            "Of these, messages acknowledged because upstreams did not have them within"
                    + " `delivered.at-most`, or before the relay stopped.",
            Type.COUNTER,
            12,
            "listener"),
    EVENTS(
            "sealpost_events_total",
            "Messages of the relay itself that were put into its stream, by MSGID; not among those"
                    + " received.",
            Type.COUNTER,
            8,
            "event"),
    GIVEN_UP(
            "sealpost_regex_given_up_total",
            "Searches for a regular expression given up because a message took too many steps.",
            Type.COUNTER,
            9,
            "listener"),
    UPSTREAM_CUT(
            "sealpost_upstream_cut_total",
            "Messages cut for the upstream because they were longer than it takes; they count as"
                    + " delivered.",
            Type.COUNTER,
            10,
            "upstream"),
    UPSTREAM_ESCAPED(
            "sealpost_upstream_escaped_octets_total",
            "LF, CR and NUL octets within messages that were written as `\\n`, `\\r` and `\\0`"
                    + " because the upstream takes lines; again when they are sent again.",
            Type.COUNTER,
            16,
            "upstream"),
    SPOOL_BYTES("sealpost_spool_bytes", "Octets of the spool on disk.", Type.GAUGE, 0),
    SPOOL_WRITTEN(
            "sealpost_spool_written_total",
            "Messages written to the spool since its first day.",
            Type.COUNTER,
            0),
    SPOOL_SYNCED(
            "sealpost_spool_synced_total",
            "Messages of the spool that a power cut cannot take any more.",
            Type.COUNTER,
            0),
    SYNC_SECONDS("sealpost_sync_seconds", "How long the disk took to sync.", Type.HISTOGRAM, 0),
    UPSTREAM_ROUTED(
            "sealpost_upstream_routed_total",
            "Messages routed to the upstream; equals delivered + queued + dropped.",
            Type.COUNTER,
            0,
            "upstream"),
    UPSTREAM_DELIVERED(
            "sealpost_upstream_delivered_total",
            "Messages the upstream has, each counted once.",
            Type.COUNTER,
            0,
            "upstream"),
    UPSTREAM_QUEUED(
            "sealpost_upstream_queued",
            "Messages that wait in the spool for the upstream.",
            Type.GAUGE,
            0,
            "upstream"),
    UPSTREAM_LAG(
            "sealpost_upstream_lag_seconds",
            "Age of the oldest message that waits for the upstream; 0 if none waits.",
            Type.GAUGE,
            0,
            "upstream"),
    UPSTREAM_UNCONFIRMED(
            "sealpost_upstream_unconfirmed",
            "Messages sent to the upstream that it has not yet confirmed.",
            Type.GAUGE,
            0,
            "upstream"),
    UPSTREAM_RESENT(
            "sealpost_upstream_resent_total",
            "Messages sent again after a lost connection; outside the books.",
            Type.COUNTER,
            0,
            "upstream"),
    UPSTREAM_CONNECTED(
            "sealpost_upstream_connected",
            "1 while the upstream is connected, or its file open, else 0.",
            Type.GAUGE,
            0,
            "upstream"),
    INTEGRITY_ENTRIES(
            "sealpost_integrity_entries_total",
            "Entries of the integrity log that a checkpoint covers: messages and their metadata.",
            Type.COUNTER,
            0),
    INTEGRITY_UNSEALED(
            "sealpost_integrity_unsealed",
            "Messages on disk that no checkpoint covers yet.",
            Type.GAUGE,
            0),
    INTEGRITY_BYTES(
            "sealpost_integrity_bytes",
            "Octets of hashes, metadata and checkpoints of the integrity log on disk.",
            Type.GAUGE,
            0),
    INTEGRITY_CHECKPOINT(
            "sealpost_integrity_checkpoint_timestamp_seconds",
            "When the newest checkpoint was signed, in seconds since 1970.",
            Type.GAUGE,
            0),
    INTEGRITY_WORKING(
            "sealpost_integrity_working", "1 while messages can be sealed, else 0.", Type.GAUGE, 0),
    INTEGRITY_ALARM(
            "sealpost_integrity_alarm",
            "1 if the start found that the log was put back from a copy, or that somebody else wrote"
                    + " the remember file; else 0.",
            Type.GAUGE,
            0),
    INTEGRITY_ROLLBACK_UNCHECKED(
            "sealpost_integrity_rollback_unchecked",
            "1 if nothing tells whether the log was put back from a copy, else 0.",
            Type.GAUGE,
            0),
    INTEGRITY_REMEMBERED(
            "sealpost_integrity_remembered",
            "1 while the newest checkpoint can be written to the remember file, else 0.",
            Type.GAUGE,
            0);

    /** What kind of figure it is. */
    public enum Type {
        /** Never falls, survives restarts. */
        COUNTER,
        /** Rises and falls. */
        GAUGE,
        /** Distribution since the start of the process. */
        HISTOGRAM
    }

    private static final String TOTAL = "_total";

    private final String label;
    private final String help;
    private final Type type;
    private final int stored;

    @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
    private final List<String> labels;

    MetricName(String label, String help, Type type, int stored, String... labels) {
        this.label = label;
        this.help = help;
        this.type = type;
        this.stored = stored;
        this.labels = List.of(labels);
    }

    /** The name outside, with {@code _total} where it is a counter. */
    public String label() {
        return label;
    }

    /** One sentence on what it says. */
    public String help() {
        return help;
    }

    /** Counter, gauge or histogram. */
    public Type type() {
        return type;
    }

    /** Names of the labels, in the order of their values. */
    public List<String> labels() {
        return labels;
    }

    /** The name as the metrics library wants it: without {@code _total}. */
    String base() {
        return label.endsWith(TOTAL) ? label.substring(0, label.length() - TOTAL.length()) : label;
    }

    /** Number in the counters' snapshot, or 0 if the figure is not kept there. */
    int stored() {
        return stored;
    }
}
