package io.sealpost.relay.verify;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Hashes chunks of lines on all cores, and gives them back in order. It holds two chunks for each
 * core. For one thread.
 */
final class ChunkHashing implements AutoCloseable {
    private final ExecutorService hashers;
    private final int most;
    private final Deque<Future<LineChunk>> chunks = new ArrayDeque<>();

    ChunkHashing() {
        int threads = Runtime.getRuntime().availableProcessors();
        this.most = 2 * threads;
        this.hashers =
                Executors.newFixedThreadPool(
                        threads, Thread.ofPlatform().daemon().name("hash-", 0).factory());
    }

    void add(LineChunk chunk) {
        chunks.add(hashers.submit(chunk::hash));
    }

    /**
     * The next chunk, hashed; null if there is room for more, or none is left.
     *
     * @param all whether no more will be added
     */
    @Nullable LineChunk take(boolean all) {
        if (chunks.isEmpty() || (!all && chunks.size() < most)) {
            return null;
        }
        try {
            return chunks.remove().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("hashing failed", e);
        }
    }

    @Override
    public void close() {
        hashers.close();
    }
}
