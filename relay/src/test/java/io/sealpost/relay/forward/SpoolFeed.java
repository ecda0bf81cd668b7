package io.sealpost.relay.forward;

import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

final class SpoolFeed implements AutoCloseable {
    private final UpstreamQueue queue;
    private final List<String> fed = new ArrayList<>();

    private SpoolFeed(UpstreamQueue q) {
        queue = q;
    }

    static SpoolFeed open(Path folder) throws IOException {
        return new SpoolFeed(
                new UpstreamQueue(
                        FileChannel.open(
                                folder.resolve("f"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE)));
    }

    UpstreamQueue queue() {
        return queue;
    }

    void feed(String message) throws IOException {
        fed.add(message);
        queue.append(message.getBytes(StandardCharsets.ISO_8859_1));
    }

    void feed(int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            feed("<13>1 - host app - - - message " + i + " " + "x".repeat(i % 300));
        }
    }

    List<String> fed() {
        return fed;
    }

    java.util.Map<String, Long> dropped() {
        return queue.dropped();
    }

    void reopen() {}

    @Override
    public void close() {}
}
