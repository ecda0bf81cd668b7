package io.sealpost.relay.interop;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Free ports for programs that want a number. Below the range that the kernel gives to outgoing
 * connections, so that nobody takes a port while its program is down.
 */
final class Ports {
    private static final int FIRST = 20_000;
    private static final int COUNT = 12_000;
    private static final Random RANDOM = new Random(ProcessHandle.current().pid());
    private static final Set<Integer> GIVEN = new HashSet<>();

    private Ports() {}

    static synchronized int free() {
        while (true) {
            int port = FIRST + RANDOM.nextInt(COUNT);
            if (isFree(port) && GIVEN.add(port)) {
                return port;
            }
        }
    }

    /** The first of three in a row. */
    static int three() {
        return row(3);
    }

    /** The first of so many in a row. */
    static synchronized int row(int count) {
        while (true) {
            int port = free();
            Set<Integer> others =
                    IntStream.range(port + 1, port + count)
                            .filter(Ports::isFree)
                            .boxed()
                            .collect(Collectors.toSet());
            if (others.size() == count - 1) {
                GIVEN.addAll(others);
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (ServerSocket tcp = new ServerSocket();
                DatagramSocket udp = new DatagramSocket(address)) {
            tcp.bind(address);
            return udp.isBound();
        } catch (IOException _) {
            return false;
        }
    }

    /** Whether somebody listens on this TCP port. */
    static boolean listening(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
