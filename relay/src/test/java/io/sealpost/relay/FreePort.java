package io.sealpost.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * TCP ports of the loopback address on which nobody listens until the test does. Others that run
 * beside it get ports from the kernel, so these lie below the range that it takes them from.
 */
public final class FreePort {
    private static final int FIRST = 16_000;
    private static final int RANGE = 16_000;

    /** Another place for each process. */
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 97 % RANGE));

    private FreePort() {}

    /** One that was free a moment ago, and that no other test of this process is given. */
    public static int freePort() {
        while (true) {
            int port = FIRST + NEXT.getAndIncrement() % RANGE;
            try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (IOException _) {
                // taken: the next one
            }
        }
    }
}
