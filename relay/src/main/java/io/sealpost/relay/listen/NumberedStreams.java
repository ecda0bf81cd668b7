package io.sealpost.relay.listen;

import io.netty.channel.Channel;
import io.sealpost.relay.spool.StreamKey;
import io.sealpost.relay.spool.StreamMark;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The numbered streams of other relays, and which connection carries each: one at a time, so that
 * there is one order. Thread-safe.
 */
final class NumberedStreams {
    static final int MAX_STREAMS = 1024;

    /** Of one stream; guarded by the lock of all. */
    private static final class Entry {
        final StreamMark mark;
        @Nullable Channel owner;

        /** Whether all that the connections before took in is durable. */
        BooleanSupplier durable = () -> true;

        Entry(StreamMark mark) {
            this.mark = mark;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();

    /** The one not heard of for longest first. */
    private final Map<StreamKey, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    /** Streams with what the log has of them. */
    NumberedStreams(Map<StreamKey, StreamMark> recovered) {
        recovered.forEach((key, mark) -> entries.put(key, new Entry(mark)));
    }

    /**
     * Gives the stream to this connection. Null if that is to be asked again soon: another one
     * still has it, and is told to end; or what that has taken in is not durable yet, so that it
     * could not be acknowledged when it comes again.
     */
    @Nullable StreamMark claim(StreamKey key, Channel connection) {
        lock.lock();
        try {
            Entry entry = entries.computeIfAbsent(key, _ -> new Entry(new StreamMark()));
            Channel owner = entry.owner;
            if (owner != null && !owner.equals(connection)) {
                owner.close();
                return null;
            }
            entry.owner = connection;
            forgetSome();
            if (!entry.durable.getAsBoolean()) {
                return null;
            }
            entry.durable = () -> true; // so that nothing is left of the connections before
            return entry.mark;
        } finally {
            lock.unlock();
        }
    }

    /** Those in use stay, however many they are: there is a limit to connections. */
    private void forgetSome() {
        var oldestFirst = entries.values().iterator();
        while (entries.size() > MAX_STREAMS && oldestFirst.hasNext()) {
            if (oldestFirst.next().owner == null) {
                oldestFirst.remove();
            }
        }
    }

    /** How many streams are known. */
    int size() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }

    /** The connection that has it has ended. */
    void release(StreamKey key, Channel connection, BooleanSupplier durable) {
        lock.lock();
        try {
            Entry entry = entries.get(key);
            if (entry != null && connection.equals(entry.owner)) {
                BooleanSupplier before = entry.durable;
                entry.owner = null;
                entry.durable = () -> durable.getAsBoolean() && before.getAsBoolean();
            }
        } finally {
            lock.unlock();
        }
    }
}
