package io.sealpost.relay;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks whether the files of certificates, keys and revocation lists were replaced, and has the
 * relay take them anew. They are taken when two looks show the same, so that a certificate and its
 * key are both in place.
 */
final class CertificateWatch implements AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final Relay relay;
    private final Thread thread;
    private volatile boolean closed;

    CertificateWatch(Relay relay) {
        this.relay = relay;
        this.thread = Thread.ofVirtual().name("certificate-watch").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        FileStamps taken = relay.fileStamps();
        FileStamps seen = taken;
        while (!closed) {
            LockSupport.parkNanos(LOOK.toNanos());
            FileStamps now = relay.fileStamps();
            if (now.equals(seen) && !now.equals(taken)) {
                relay.renewFiles();
                taken = now;
            }
            seen = now;
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
