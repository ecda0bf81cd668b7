package io.sealpost.relay.watch;

/** The figures of one listener. Thread-safe; meant to be called once per chunk. */
public final class ListenerMetrics {
    private final RelayMetrics metrics;
    private final String listener;
    private final Tally messages;
    private final Tally octets;
    private final Tally kernelDrops;
    private final Tally connections;
    private final Tally givenUp;
    private final Tally acknowledged;
    private final Tally undelivered;
    private final Tally repeated;
    private final Tally kept;

    ListenerMetrics(RelayMetrics metrics, String listener) {
        this.metrics = metrics;
        this.listener = listener;
        this.messages = metrics.tally(MetricName.RECEIVED, listener);
        this.octets = metrics.tally(MetricName.RECEIVED_BYTES, listener);
        this.kernelDrops = metrics.tally(MetricName.KERNEL_DROPS, listener);
        this.connections = metrics.tally(MetricName.CONNECTIONS, listener);
        this.givenUp = metrics.tally(MetricName.GIVEN_UP, listener);
        this.acknowledged = metrics.tally(MetricName.RELP_ACKNOWLEDGED, listener);
        this.repeated = metrics.tally(MetricName.RELP_REPEATS, listener);
        this.kept = metrics.tally(MetricName.RELP_REPEATS_KEPT, listener);
        this.undelivered = metrics.tally(MetricName.RELP_UNDELIVERED, listener);
    }

    /** Messages taken in, with their octets as received. */
    public void received(long messageCount, long octetCount) {
        messages.add(messageCount);
        octets.add(octetCount);
    }

    /** Datagrams the kernel dropped since the last call. */
    public void kernelDropped(long datagrams) {
        kernelDrops.add(datagrams);
    }

    /** Searches for regular expressions that took too many steps. */
    public void givenUp(long searches) {
        givenUp.add(searches);
    }

    /** Messages acknowledged to their senders over RELP. */
    public void acknowledged(long messageCount) {
        acknowledged.add(messageCount);
    }

    /** Messages acknowledged and not stored, because they had come before. */
    public void repeated(long messageCount) {
        repeated.add(messageCount);
    }

    /** A message whose number in its stream is not new was stored all the same. */
    public void keptRepeat() {
        kept.increment();
    }

    /** Messages acknowledged as stored, because upstreams did not have them in time. */
    public void acknowledgedUndelivered(long messageCount) {
        undelivered.add(messageCount);
    }

    /** A connection was accepted. */
    public void connectionOpened() {
        connections.increment();
    }

    /** A connection that was accepted is gone. */
    public void connectionClosed() {
        connections.add(-1);
    }

    /** Messages taken in so far. */
    public long messages() {
        return messages.get();
    }

    /** Connections open now. */
    public long connections() {
        return connections.get();
    }

    /** Connections closed at the door for this reason. Resolve once, keep. */
    public Tally refused(String reason) {
        return metrics.tally(MetricName.REFUSED, listener, reason);
    }

    /** Connections in use that the relay closed for this reason. Resolve once, keep. */
    public Tally cutOff(String reason) {
        return metrics.tally(MetricName.CUT_OFF, listener, reason);
    }

    /** RELP sessions that ended for this reason. Resolve once, keep. */
    public Tally sessionEnded(String reason) {
        return metrics.tally(MetricName.RELP_SESSIONS_ENDED, listener, reason);
    }

    /** Messages dropped at the door for this reason. Resolve once, keep. */
    public Tally dropped(String reason) {
        return metrics.tally(MetricName.DROPPED, reason, listener, "");
    }
}
