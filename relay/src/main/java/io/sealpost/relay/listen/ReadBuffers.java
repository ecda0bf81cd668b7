package io.sealpost.relay.listen;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * The read buffers of one event loop, shared by all its connections, which copy what they get
 * before they return: an idle connection costs no buffer. Confined to the event loop.
 */
final class ReadBuffers extends DefaultMaxMessagesRecvByteBufAllocator implements AutoCloseable {
    /** Octets read at once. */
    static final int READ_BYTES = 64 * 1024;

    /** Octets read at once while the lane has no room: what is read must be kept. */
    private static final int FRUGAL_READ_BYTES = 512;

    /** Reads of one connection before the others have their turn. */
    private static final int READS_PER_TURN = 4;

    private final WaitingRoom waitingRoom;
    private final ByteBuf large = Unpooled.directBuffer(READ_BYTES, READ_BYTES);
    private final ByteBuf small = Unpooled.directBuffer(FRUGAL_READ_BYTES, FRUGAL_READ_BYTES);

    ReadBuffers(WaitingRoom waitingRoom) {
        super(READS_PER_TURN);
        this.waitingRoom = waitingRoom;
    }

    @Override
    @SuppressWarnings("deprecation") // the base class still asks for the old type
    public Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public int guess() {
                return next().capacity();
            }

            @Override
            public ByteBuf allocate(ByteBufAllocator allocator) {
                ByteBuf buffer = next();
                return buffer.refCnt() == 1
                        ? buffer.clear().retain()
                        : allocator.directBuffer(buffer.capacity());
            }
        };
    }

    private ByteBuf next() {
        return waitingRoom.occupied() ? small : large;
    }

    @Override
    public void close() {
        large.release();
        small.release();
    }
}
