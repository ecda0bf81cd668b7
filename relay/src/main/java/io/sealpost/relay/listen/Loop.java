package io.sealpost.relay.listen;

import io.netty.channel.IoEventLoop;
import io.sealpost.relay.pipeline.Intake;
import io.sealpost.relay.runtime.NanoClock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What the sockets of one event loop share. Confined to that event loop. */
final class Loop {
    private static final int SWEEP_SECONDS = 1;

    private final IoEventLoop eventLoop;
    private final Intake intake;
    private final WaitingRoom waitingRoom;
    private final SyncRoom syncRoom;
    private final ReadBuffers readBuffers;
    private final NanoClock clock;
    private final Set<Resident> residents = new LinkedHashSet<>();
    private byte[] octets = new byte[2 * ReadBuffers.READ_BYTES];

    private Loop(
            IoEventLoop eventLoop,
            Intake intake,
            WaitingRoom waitingRoom,
            SyncRoom syncRoom,
            NanoClock clock) {
        this.eventLoop = eventLoop;
        this.intake = intake;
        this.waitingRoom = waitingRoom;
        this.syncRoom = syncRoom;
        this.readBuffers = new ReadBuffers(waitingRoom);
        this.clock = clock;
    }

    static Loop start(IoEventLoop eventLoop, EventLoops.Intakes intakes, NanoClock clock) {
        WaitingRoom waitingRoom = new WaitingRoom(eventLoop);
        SyncRoom syncRoom = new SyncRoom(eventLoop);
        Intake intake = intakes.open(waitingRoom::onSpace, syncRoom::onSynced);
        Loop loop = new Loop(eventLoop, intake, waitingRoom, syncRoom, clock);
        eventLoop.scheduleWithFixedDelay(
                loop::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
        return loop;
    }

    IoEventLoop eventLoop() {
        return eventLoop;
    }

    Intake intake() {
        return intake;
    }

    WaitingRoom waitingRoom() {
        return waitingRoom;
    }

    SyncRoom syncRoom() {
        return syncRoom;
    }

    ReadBuffers readBuffers() {
        return readBuffers;
    }

    long nanos() {
        return clock.nanos();
    }

    /**
     * An array of at least this length, in which a chunk is framed; overwritten by the next one.
     */
    byte[] octets(int length) {
        if (octets.length < length) {
            octets = new byte[Math.max(length, 2 * octets.length)];
        }
        return octets;
    }

    void add(Resident resident) {
        residents.add(resident);
    }

    void remove(Resident resident) {
        residents.remove(resident);
        waitingRoom.remove(resident);
    }

    /** Those of this listener, safe against changes while they are walked through. */
    List<Resident> residents(Listener listener) {
        return residents.stream().filter(r -> r.listener() == listener).toList();
    }

    private void sweep() {
        long now = clock.nanos();
        for (Resident resident : List.copyOf(residents)) {
            resident.sweep(now);
        }
    }
}
