package io.sealpost.relay.forward;

import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A connected socket that sends messages as datagrams, never more than so many a second. Confined
 * to the forwarder's thread; its memory is reused.
 */
final class Datagrams implements AutoCloseable {
    /** What may be sent at once after a pause, as time. */
    private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** How long to wait for room in the socket's buffer. */
    private static final long ROOM_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private final DatagramChannel channel;
    private final NanoClock clock;
    private final int maxBytes;
    private final long nanosEach;
    private final ByteBuffer out = ByteBuffer.allocateDirect(UdpUpstreamSettings.MAX_MESSAGE_BYTES);
    private final ByteBuffer in = ByteBuffer.allocateDirect(1);
    private long paidUntil;
    private long cut;

    private Datagrams(DatagramChannel channel, UdpUpstreamSettings settings, NanoClock clock) {
        this.channel = channel;
        this.clock = clock;
        this.maxBytes = settings.maxMessageBytes();
        this.nanosEach = TimeUnit.SECONDS.toNanos(1) / settings.perSecond();
        this.paidUntil = clock.nanos();
    }

    /** A socket that talks to this address only, so that the kernel reports what ICMP says. */
    static Datagrams connect(InetSocketAddress to, UdpUpstreamSettings settings, NanoClock clock)
            throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, 1 << 20);
            channel.connect(to);
            channel.configureBlocking(false);
            return new Datagrams(channel, settings, clock);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Sends the counted frame {@code LEN SP MSG} in these octets without its count. */
    void send(byte[] frame, int length) throws IOException {
        int from = 0;
        while (frame[from++] != ' ') {
            // the count
        }
        int size = length - from;
        if (size > maxBytes) {
            size = atCharacter(frame, from, maxBytes);
            cut++;
        }
        pace();
        out.clear().put(frame, from, size).flip();
        while (channel.write(out) == 0 && size > 0) {
            LockSupport.parkNanos(ROOM_NANOS);
        }
    }

    /** The longest length up to the limit that cuts no character of UTF-8 in two. */
    private static int atCharacter(byte[] b, int from, int limit) {
        int length = limit;
        while (length > limit - 3 && length > 0 && (b[from + length] & 0xC0) == 0x80) {
            length--;
        }
        return (b[from + length] & 0xC0) == 0x80 ? limit : length;
    }

    private void pace() {
        long now = clock.nanos();
        if (now - paidUntil > 0) {
            paidUntil = now;
        }
        while (paidUntil - now > BURST_NANOS) {
            LockSupport.parkNanos(paidUntil - now);
            now = clock.nanos();
        }
        paidUntil += nanosEach;
    }

    /**
     * Throws away what the server may have sent.
     *
     * @throws IOException if a datagram was answered by an ICMP error
     */
    void listen() throws IOException {
        while (channel.read(in.clear()) > 0) {
            // a syslog server has nothing to say
        }
    }

    /** Messages cut so far. */
    long cut() {
        return cut;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
