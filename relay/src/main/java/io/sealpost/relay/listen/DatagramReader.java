package io.sealpost.relay.listen;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/**
 * Reads many datagrams by one {@code recvmmsg(2)} and holds them until the next. Nothing is
 * allocated per datagram: the caller copies the octets out and asks for an address only where the
 * sender is another than before. Confined to one event loop.
 */
final class DatagramReader implements AutoCloseable {
    /** Datagrams per call. */
    static final int SLOTS = 32;

    /** More than any datagram holds. */
    static final int SLOT_BYTES = 64 * 1024;

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;

    // struct mmsghdr of 64-bit Linux: struct msghdr, then unsigned msg_len
    private static final int HEADER_BYTES = 64;
    private static final int NAME_AT = 0;
    private static final int NAME_LENGTH_AT = 8;
    private static final int VECTOR_AT = 16;
    private static final int VECTOR_LENGTH_AT = 24;
    private static final int RECEIVED_AT = 56;
    // struct iovec
    private static final int VECTOR_BYTES = 16;
    // struct sockaddr_in and sockaddr_in6
    private static final int NAME_BYTES = 32;
    private static final int PORT_AT = 2;
    private static final int INET_ADDRESS_AT = 4;
    private static final int INET6_ADDRESS_AT = 8;
    private static final int INET6_LENGTH = 28;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle RECVMMSG =
            function(
                    "recvmmsg",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle SOCKET =
            function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

    private final int fd;
    private final Arena arena;
    private final MemorySegment headers;
    private final MemorySegment names;
    private final MemorySegment octets;
    private final MemorySegment captured;

    // the name asked for last
    private long name0;
    private long name1;
    private long name2;
    private long name3;

    private DatagramReader(
            int fd, Arena arena, MemorySegment headers, MemorySegment names, MemorySegment octets) {
        this.fd = fd;
        this.arena = arena;
        this.headers = headers;
        this.names = names;
        this.octets = octets;
        this.captured = arena.allocate(CAPTURED);
    }

    @SuppressWarnings("restricted") // native access is enabled for this program
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                descriptor,
                Linker.Option.captureCallState("errno"));
    }

    /** A new non-blocking datagram socket of the address's family. */
    static int newSocket(boolean inet6) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment captured = arena.allocate(CAPTURED);
            int fd =
                    (int)
                            SOCKET.invokeExact(
                                    captured,
                                    inet6 ? AF_INET6 : AF_INET,
                                    SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                                    0);
            if (fd < 0) {
                throw new IOException("socket: errno " + (int) ERRNO.get(captured, 0L));
            }
            return fd;
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws nothing", e);
        }
    }

    /** A reader of this socket, which it does not own. */
    @SuppressWarnings("MustBeClosed") // the arena lives as long as the reader, which closes it
    static DatagramReader of(int fd) {
        Arena arena = Arena.ofShared();
        MemorySegment headers = arena.allocate((long) SLOTS * HEADER_BYTES, Long.BYTES);
        MemorySegment vectors = arena.allocate((long) SLOTS * VECTOR_BYTES, Long.BYTES);
        MemorySegment names = arena.allocate((long) SLOTS * NAME_BYTES, Long.BYTES);
        MemorySegment octets = arena.allocate((long) SLOTS * SLOT_BYTES, Long.BYTES);
        for (int slot = 0; slot < SLOTS; slot++) {
            long header = (long) slot * HEADER_BYTES;
            long vector = (long) slot * VECTOR_BYTES;
            vectors.set(ADDRESS, vector, octets.asSlice((long) slot * SLOT_BYTES));
            vectors.set(JAVA_LONG, vector + Long.BYTES, SLOT_BYTES);
            headers.set(ADDRESS, header + NAME_AT, names.asSlice((long) slot * NAME_BYTES));
            headers.set(ADDRESS, header + VECTOR_AT, vectors.asSlice(vector));
            headers.set(JAVA_LONG, header + VECTOR_LENGTH_AT, 1);
        }
        return new DatagramReader(fd, arena, headers, names, octets);
    }

    /** Reads what is there, at most {@link #SLOTS}; returns the number of datagrams. */
    int read() throws IOException {
        for (int slot = 0; slot < SLOTS; slot++) {
            headers.set(JAVA_INT, (long) slot * HEADER_BYTES + NAME_LENGTH_AT, INET6_LENGTH);
        }
        int count = recvmmsg();
        if (count >= 0) {
            return count;
        }
        int errno = (int) ERRNO.get(captured, 0L);
        if (errno == EAGAIN || errno == EINTR) {
            return 0;
        }
        throw new IOException("recvmmsg: errno " + errno);
    }

    private int recvmmsg() {
        try {
            return (int)
                    RECVMMSG.invokeExact(
                            captured, fd, headers, SLOTS, MSG_DONTWAIT, MemorySegment.NULL);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws nothing", e);
        }
    }

    /** Octets of the datagram in this slot. */
    int length(int slot) {
        return headers.get(JAVA_INT, (long) slot * HEADER_BYTES + RECEIVED_AT);
    }

    void copy(int slot, byte[] into, int length) {
        MemorySegment.copy(octets, JAVA_BYTE, (long) slot * SLOT_BYTES, into, 0, length);
    }

    /** Whether the datagram in this slot has the sender that {@link #sender} told of last. */
    boolean sameSender(int slot) {
        long at = (long) slot * NAME_BYTES;
        long first = names.get(JAVA_LONG_UNALIGNED, at);
        if (first != name0) {
            return false;
        }
        return family(first) == AF_INET
                || (names.get(JAVA_LONG_UNALIGNED, at + 8) == name1
                        && names.get(JAVA_LONG_UNALIGNED, at + 16) == name2
                        && names.get(JAVA_INT_UNALIGNED, at + 24) == name3);
    }

    private static int family(long first) {
        return (int)
                (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                        ? first & 0xFFFF
                        : first >>> 48);
    }

    /** Address and port of the sender of the datagram in this slot. */
    InetSocketAddress sender(int slot) {
        long at = (long) slot * NAME_BYTES;
        name0 = names.get(JAVA_LONG_UNALIGNED, at);
        name1 = names.get(JAVA_LONG_UNALIGNED, at + 8);
        name2 = names.get(JAVA_LONG_UNALIGNED, at + 16);
        name3 = names.get(JAVA_INT_UNALIGNED, at + 24);
        boolean inet = family(name0) == AF_INET;
        byte[] address = new byte[inet ? 4 : 16];
        MemorySegment.copy(
                names,
                JAVA_BYTE,
                at + (inet ? INET_ADDRESS_AT : INET6_ADDRESS_AT),
                address,
                0,
                address.length);
        int port = names.get(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), at + PORT_AT) & 0xFFFF;
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address has 4 or 16 octets", e);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
