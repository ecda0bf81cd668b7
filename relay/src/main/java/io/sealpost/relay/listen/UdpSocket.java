package io.sealpost.relay.listen;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.sealpost.protocol.frame.Utf8;
import io.sealpost.relay.pipeline.Intake;
import io.sealpost.relay.pipeline.Intake.Verdict;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket of a datagram listener, confined to its event loop. One datagram is one message (RFC
 * 5426). While the lane has no room it is not read: the kernel's buffer takes what it can and
 * counts what it cannot.
 */
final class UdpSocket implements EpollIoHandle, Resident {
    private static final Logger log = LoggerFactory.getLogger(UdpSocket.class);

    /** Calls of recvmmsg before others on the event loop have their turn. */
    private static final int READS_PER_TURN = 8;

    private final Loop loop;
    private final Socket socket;
    private final DatagramReader reader;
    private UdpListener listener;
    private int maxMessageBytes;

    private @Nullable IoRegistration registration;
    private UdpPeers.@Nullable Peer peer;

    /** Datagrams read and not taken in are those of slots nextSlot to before filledSlots. */
    private int nextSlot;

    private int filledSlots;

    private long ordinal;
    private long received;
    private int kernelDrops;
    private boolean waiting;
    private boolean closed;

    UdpSocket(UdpListener listener, Loop loop, Socket socket, DatagramReader reader) {
        this.listener = listener;
        this.loop = loop;
        this.socket = socket;
        this.reader = reader;
        this.maxMessageBytes = listener.maxMessageBytes();
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    Loop loop() {
        return loop;
    }

    /** From now on it is read for this listener. On the event loop. */
    void belongTo(UdpListener successor) {
        listener = successor;
        maxMessageBytes = successor.maxMessageBytes();
        peer = null;
    }

    /** Begins to read. On the event loop, once registered there. */
    void open(IoRegistration registered) {
        registration = registered;
        loop.add(this);
        registered.submit(EpollIoOps.EPOLLIN);
    }

    @Override
    public void handle(IoRegistration registered, IoEvent event) {
        EpollIoOps ops = ((EpollIoEvent) event).ops();
        if (waiting || closed) {
            return;
        }
        if (ops.contains(EpollIoOps.EPOLLIN) || ops.contains(EpollIoOps.EPOLLERR)) {
            try {
                receive();
            } catch (IOException e) {
                listener.readFailed(e);
            } catch (RuntimeException e) {
                log.error(
                        "listener {}: dropped datagrams after a failure of ours",
                        listener.name(),
                        e);
                nextSlot = filledSlots;
            }
        }
    }

    private void receive() throws IOException {
        for (int turn = 0; turn < READS_PER_TURN; turn++) {
            nextSlot = 0;
            filledSlots = reader.read();
            received += filledSlots;
            if (filledSlots > 0 && !deliver()) {
                waiting = true;
                // not NONE, which would take the socket out of epoll for good
                watch(EpollIoOps.EPOLLERR);
                loop.waitingRoom().add(this);
                return;
            }
            if (filledSlots < DatagramReader.SLOTS) {
                return;
            }
        }
    }

    /** Takes in what was read; false if there was no room. */
    private boolean deliver() {
        Intake intake = loop.intake();
        Verdict verdict = intake.begin();
        if (verdict == Verdict.CLOSED) {
            abandon();
            return true;
        }
        if (verdict == Verdict.ACCEPTED) {
            try {
                while (nextSlot < filledSlots && takeIn(intake, nextSlot)) {
                    nextSlot++;
                }
            } finally {
                intake.end(listener.counters());
            }
        }
        return nextSlot == filledSlots;
    }

    private boolean takeIn(Intake intake, int slot) {
        UdpPeers.Peer from = peer;
        if (from == null || !reader.sameSender(slot)) {
            from = listener.peer(reader.sender(slot));
            peer = from;
        }
        if (!from.admitted()) {
            listener.refused(from);
            return true;
        }
        int length = reader.length(slot);
        byte[] octets = loop.octets(length);
        reader.copy(slot, octets, length);
        int content = length - trailer(octets, length);
        boolean truncated = content > maxMessageBytes;
        int kept = truncated ? Utf8.cut(octets, 0, maxMessageBytes) : length;
        if (intake.accept(octets, 0, kept, truncated, from.sender(), ordinal) == Verdict.ACCEPTED) {
            ordinal++;
            return true;
        }
        return false;
    }

    /** Octets of the line end that is no part of the message and does not count for its size. */
    private static int trailer(byte[] b, int length) {
        if (length == 0 || (b[length - 1] != '\n' && b[length - 1] != 0)) {
            return 0;
        }
        return b[length - 1] == '\n' && length > 1 && b[length - 2] == '\r' ? 2 : 1;
    }

    private void watch(EpollIoOps ops) {
        IoRegistration registered = registration;
        if (registered != null && registered.isValid()) {
            registered.submit(ops);
        }
    }

    @Override
    public boolean resume() {
        if (!deliver()) {
            return false;
        }
        waiting = false;
        watch(EpollIoOps.EPOLLIN);
        return true;
    }

    @Override
    public void sweep(long nowNanos) {
        countKernelDrops();
    }

    private void countKernelDrops() {
        try {
            int drops = UdpSocketOptions.drops(socket);
            int more = drops - kernelDrops;
            kernelDrops = drops;
            if (more != 0) {
                listener.kernelDrops(Integer.toUnsignedLong(more));
            }
        } catch (IOException e) {
            listener.readFailed(e);
        }
    }

    @Override
    public void finish() {
        if (!waiting) {
            leave();
        }
    }

    @Override
    public void abandon() {
        if (nextSlot < filledSlots) {
            listener.counters().dropped(Listener.SHUTDOWN, filledSlots - nextSlot);
            nextSlot = filledSlots;
        }
        waiting = false;
        leave();
    }

    private void leave() {
        if (closed) {
            return;
        }
        closed = true;
        countKernelDrops();
        loop.remove(this);
        IoRegistration registered = registration;
        if (registered != null) {
            registered.cancel();
        }
        close();
    }

    /** Also called by the event loop when that ends. */
    @Override
    public void close() {
        try {
            if (socket.isOpen()) {
                socket.close();
                reader.close();
            }
        } catch (IOException e) {
            log.debug("listener {}: close: {}", listener.name(), e.getMessage());
        }
    }

    @Override
    public Listener listener() {
        return listener;
    }

    @Override
    public boolean waiting() {
        return waiting;
    }

    @Override
    public long received() {
        return received;
    }
}
