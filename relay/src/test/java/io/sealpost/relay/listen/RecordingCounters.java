package io.sealpost.relay.listen;

import io.sealpost.relay.pipeline.Intake;
import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Counters that tests read by name. */
final class RecordingCounters implements ListenerCounters {
    private final ConcurrentMap<String, Long> counts = new ConcurrentHashMap<>();

    long get(String name) {
        return counts.getOrDefault(name, 0L);
    }

    private void add(String name, long n) {
        counts.merge(name, n, Long::sum);
    }

    @Override
    public void received(int messages, long octets) {
        add("received", messages);
        add("octets", octets);
    }

    @Override
    public void changed(int reasonBit, int messages) {
        add("changed " + Intake.reasonLabel(reasonBit), messages);
    }

    @Override
    public void dropped(String reason, int messages) {
        add("dropped " + reason, messages);
    }

    @Override
    public void rateLimited(int messages) {
        add("dropped rate-limit", messages);
    }

    @Override
    public void rateLimited(InetAddress source, long messages) {
        add("rate-limited " + source.getHostAddress(), messages);
    }

    @Override
    public void droppedByRoute(String route, int messages) {
        add("dropped " + route, messages);
    }

    @Override
    public void givenUp(String pattern, int searches) {
        add("given up", searches);
    }

    @Override
    public void ignored(int datagrams) {
        add("ignored", datagrams);
    }

    @Override
    public void connectionOpened() {
        add("opened", 1);
    }

    @Override
    public void connectionClosed() {
        add("closed", 1);
    }

    @Override
    public void refused(String reason) {
        add("refused " + reason, 1);
    }

    @Override
    public void cutOff(String reason) {
        add("cut off " + reason, 1);
    }

    @Override
    public void repeated(long messages) {
        add("repeated", messages);
    }

    @Override
    public void keptRepeat() {
        add("repeats kept", 1);
    }

    @Override
    public void sessionEnded(String reason) {
        add("ended " + reason, 1);
    }

    @Override
    public void acknowledgedUndelivered(long messages) {}

    @Override
    public void acknowledged(long messages) {
        if (messages > 0) {
            add("acknowledged", messages);
            add("acknowledgements", 1);
        }
    }

    @Override
    public void kernelDrops(long datagrams) {
        add("kernel drops", datagrams);
    }
}
