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
    private static final long UNACKED = 24;
    private static final long BYTES_ACKED = 120;
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
        return result == 0 && bytesAcked() > 0;
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

    /** The peer's receive window in octets; 0 where the kernel does not tell. */
    long sendWindow() {
        return Integer.toUnsignedLong(info.get(ValueLayout.JAVA_INT, SND_WND));
    }
}
