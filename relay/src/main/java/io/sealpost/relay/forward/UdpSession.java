package io.sealpost.relay.forward;

import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.Position;
import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * One socket's life as the forwarder sees it: messages from the queue go out, and the cursor
 * follows when nothing came back for a while. Confined to the forwarder's thread.
 */
final class UdpSession {
    /** A datagram that old, without an ICMP error since, counts as delivered. */
    static final Duration QUIET = Duration.ofMillis(100);

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final byte[] NO_STATE = {};

    /**
     * Sent up to here.
     *
     * @param messages of this session so far
     */
    private record Mark(Position end, long messages, long at) {}

    private final UpstreamQueue queue;
    private final Datagrams datagrams;
    private final RunText text;
    private final NanoClock clock;
    private final StopOrder stop;
    private final Doorbell doorbell;
    private final UdpForwarder.Progress progress;
    private final ArrayDeque<Mark> marks = new ArrayDeque<>();
    private byte[] frame = new byte[0];
    private long sent;
    private long confirmed;
    private long cut;
    private boolean nothingLeft;

    UdpSession(
            UpstreamQueue queue,
            Datagrams datagrams,
            RunText text,
            NanoClock clock,
            StopOrder stop,
            Doorbell doorbell,
            UdpForwarder.Progress progress) {
        this.queue = queue;
        this.datagrams = datagrams;
        this.text = text;
        this.clock = clock;
        this.stop = stop;
        this.doorbell = doorbell;
        this.progress = progress;
    }

    /**
     * After a failure: sends one message and waits whether it fails, too. True if it did not; false
     * if the forwarder is to stop.
     */
    boolean prove() throws IOException, InterruptedException {
        while (confirmed == 0) {
            if (stop.given()) {
                return false;
            }
            step(1);
        }
        return true;
    }

    /** Sends until the server answers with an error, or the forwarder is to stop. */
    void run() throws IOException, InterruptedException {
        while (!finished()) {
            step(Integer.MAX_VALUE);
        }
    }

    private boolean finished() {
        boolean allSent = nothingLeft || !stop.maySend();
        return stop.given() && (stop.over() || (allSent && marks.isEmpty()));
    }

    private void step(int mostAtOnce) throws IOException, InterruptedException {
        datagrams.listen();
        settle();
        if (!stop.maySend() || (mostAtOnce == 1 && !marks.isEmpty())) {
            var _ = doorbell.await(untilQuiet(), stop::over);
            return;
        }
        FrameRun run = queue.poll(text.maxRun(), untilQuiet());
        nothingLeft = run == null;
        if (run != null) {
            try (run) {
                send(run, Math.min(mostAtOnce, run.count()));
            }
        }
    }

    private Duration untilQuiet() {
        Mark first = marks.peekFirst();
        if (first == null) {
            return stop.given() ? Duration.ofMillis(1) : LOOK;
        }
        return Duration.ofNanos(Math.max(1, first.at() + QUIET.toNanos() - clock.nanos()));
    }

    private void send(FrameRun run, int count) throws IOException {
        text.read(run);
        long again = progress.again(run.firstSequence(), count);
        if (again > 0) {
            queue.countResent(again);
        }
        for (int i = 0; i < count; i++) {
            text.next();
            int most = text.maxMessageLength();
            if (frame.length < most) {
                frame = new byte[Math.max(most, 2 * frame.length)];
            }
            datagrams.send(frame, text.writeMessage(frame, 0));
        }
        if (datagrams.cut() > cut) {
            progress.cut(datagrams.cut() - cut);
            cut = datagrams.cut();
        }
        sent += count;
        Position end = run.positionOf(count);
        if (count < run.count()) {
            queue.rewind(end);
        }
        marks.add(new Mark(end, sent, clock.nanos()));
        progress.unconfirmed(sent - confirmed);
    }

    private void settle() {
        Mark quiet = null;
        long now = clock.nanos();
        for (Mark mark = marks.peekFirst();
                mark != null && now - mark.at() >= QUIET.toNanos();
                mark = marks.peekFirst()) {
            quiet = marks.removeFirst();
        }
        if (quiet != null) {
            confirmed = quiet.messages();
            queue.confirm(quiet.end(), NO_STATE);
            progress.unconfirmed(sent - confirmed);
        }
    }

    /** Whether anything was confirmed. */
    boolean fruitful() {
        return confirmed > 0;
    }
}
