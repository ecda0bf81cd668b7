package io.sealpost.relay.interop;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * One TCP connection that sends numbered messages at a steady rate until the relay, or the test,
 * ends it.
 */
final class Load implements AutoCloseable {
    private static final int BURST = 20;
    private static final long PAUSE_NANOS = 5_000_000;

    private final Socket socket;
    private final Thread thread;
    private final AtomicInteger next;
    private volatile boolean stopping;
    private volatile boolean broken;

    private Load(Socket socket, String series, int first) {
        this.socket = socket;
        this.next = new AtomicInteger(first);
        this.thread = Thread.ofPlatform().name("load").unstarted(() -> run(series));
    }

    static Load start(Relay relay, String series, int first) throws IOException {
        return start(Wire.PLAIN, relay, series, first);
    }

    static Load start(Wire wire, Relay relay, String series, int first) throws IOException {
        return start(wire.connect(relay), series, first);
    }

    /** Over this connection, which ends with it. */
    static Load start(Socket connection, String series, int first) {
        Load load = new Load(connection, series, first);
        load.thread.start();
        return load;
    }

    private void run(String series) {
        try {
            OutputStream out = socket.getOutputStream();
            while (!stopping) {
                for (int i = 0; i < BURST; i++) {
                    int number = next.getAndIncrement();
                    out.write(Feeder.counted(Sample.message(series, number).message()));
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (IOException _) {
            broken = true;
            // killed: what was sent is known from the relay
        }
    }

    /** Whether the other side ended it. */
    boolean broken() {
        return broken;
    }

    /** Ends the connection; returns the number after the last one that may have been sent. */
    int stop() throws IOException, InterruptedException {
        stopping = true;
        thread.join(10_000);
        socket.close();
        thread.join();
        return next.get();
    }

    @Override
    public void close() throws IOException {
        stopping = true;
        socket.close();
    }
}
