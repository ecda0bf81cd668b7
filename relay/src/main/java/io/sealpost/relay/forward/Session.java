package io.sealpost.relay.forward;

import java.io.IOException;

/** The life of one connection as a forwarder sees it. Confined to the forwarder's thread. */
interface Session {
    /** Sends until the connection ends or the order to stop is carried out. */
    void run() throws IOException, InterruptedException;

    /** Whether anything sent is not confirmed. */
    boolean unconfirmed();

    /** Whether anything was confirmed on this connection. */
    boolean fruitful();

    /** Why it ended, where the connection does not tell; else empty. */
    String reason();
}
