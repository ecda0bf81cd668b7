package io.sealpost.relay;

import io.sealpost.relay.admin.ControlCommand;
import io.sealpost.relay.admin.ControlConnection;
import io.sealpost.relay.runtime.JsonText;
import io.sealpost.relay.spool.LogTail;
import io.sealpost.relay.spool.Spool;
import java.io.IOException;
import java.time.Duration;

/**
 * Gives a client of the control socket every message as it becomes durable: frames {@code LEN SP
 * MSG}, between them lines {@code {"skipped":N}} where the client was too slow, and an empty line
 * in a quiet second, by which a client that has left is noticed. Thread-safe.
 */
record TailFeed(Spool spool) implements ControlCommand {
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final byte[] HEARTBEAT = {'\n'};

    @Override
    public void answer(ControlConnection connection) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (LogTail tail = spool.tail()) {
            connection.write(HEARTBEAT, HEARTBEAT.length);
            while (!Thread.currentThread().isInterrupted()) {
                int octets = tail.read(chunk, QUIET);
                long skipped = tail.takeSkipped();
                if (skipped > 0) {
                    connection.line(JsonText.object().put("skipped", skipped).end());
                }
                if (octets > 0) {
                    connection.write(chunk, octets);
                } else {
                    connection.write(HEARTBEAT, HEARTBEAT.length);
                }
            }
        }
    }
}
