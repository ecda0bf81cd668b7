package io.sealpost.relay.forward;

import io.netty.channel.unix.UnixChannel;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * What the kernel knows of one connection: {@code struct tcp_info} of {@code linux/tcp.h}, read by
 * {@code getsockopt}. Confined to the event loop of the connection, and only while it is open:
 * afterwards the descriptor may be another's.
 */
final class TcpInfo {
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;
    private static final int TCP_CLOSE = 7;

    /** Size of the structure up to and with {@code tcpi_snd_wnd} (Linux 5.4). */
    private static final int SIZE = 232;

    private static final long STATE = 0;
    private static final long WINDOW_SCALE = 6;
    private static final long UNACKED = 24;
    private static final long BYTES_ACKED = 120;
    private static final long SEGS_IN = 140;
    private static final long NOTSENT_BYTES = 144;
    private static final long SND_WND = 228;

    @SuppressWarnings("restricted") // native access is enabled for this program
    private static final MethodHandle GETSOCKOPT =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("getsockopt"),
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.ADDRESS));

    private final MemorySegment info;
    private final MemorySegment length;
    private int segments;
    private long unseen;

    /** Room for the answers; freed by the garbage collector. */
    TcpInfo() {
        Arena arena = Arena.ofAuto();
        info = arena.allocate(SIZE, 8);
        length = arena.allocate(ValueLayout.JAVA_INT);
    }

    /** Asks the kernel; false if it does not answer or knows too little: then all is zero. */
    boolean read(UnixChannel channel) {
        info.fill((byte) 0);
        if (!channel.fd().isOpen()) {
            return false;
        }
        length.set(ValueLayout.JAVA_INT, 0, SIZE);
        int result = getsockopt(channel.fd().intValue());
        // The count begins at 1, for the SYN, so 0 means that it is not kept.
        boolean known = result == 0 && bytesAcked() > 0;
        if (known) {
            countUnseen(info.get(ValueLayout.JAVA_INT, SEGS_IN));
        }
        return known;
    }

    private void countUnseen(int nowSegments) {
        long unit = 1L << (info.get(ValueLayout.JAVA_BYTE, WINDOW_SCALE) & 0xf);
        unseen += Integer.toUnsignedLong(nowSegments - segments) * (unit - 1);
        segments = nowSegments;
    }

    private int getsockopt(int descriptor) {
        try {
            return (int) GETSOCKOPT.invokeExact(descriptor, IPPROTO_TCP, TCP_INFO, info, length);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("getsockopt throws nothing", e);
        }
    }

    /** Octets acknowledged since the connection was made, and 1 for the SYN. */
    long bytesAcked() {
        return info.get(ValueLayout.JAVA_LONG, BYTES_ACKED);
    }

    /** Whether the connection is no more: reset by the peer, or timed out. */
    boolean closed() {
        return info.get(ValueLayout.JAVA_BYTE, STATE) == TCP_CLOSE;
    }

    /** Whether anything given to the kernel is not acknowledged yet, sent or not. */
    boolean inFlight() {
        return info.get(ValueLayout.JAVA_INT, UNACKED) != 0
                || info.get(ValueLayout.JAVA_INT, NOTSENT_BYTES) != 0;
    }

    /**
     * Octets that the peer may have taken so far without telling a smaller window, at most. It
     * tells windows in units of 2^scale octets (RFC 7323 §2.2), never takes back what it has
     * offered, and so rounds up what is left of it: each of its segments can hide all but one octet
     * of a unit.
     */
    long unseen() {
        return unseen;
    }

    /** The peer's receive window in octets; 0 where the kernel does not tell. */
    long sendWindow() {
        return Integer.toUnsignedLong(info.get(ValueLayout.JAVA_INT, SND_WND));
    }
}
