package io.sealpost.relay.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a RELP client and the relay, knows which messages the relay has acknowledged, and
 * can cut a connection behind any acknowledgement. Thread-safe.
 */
final class RelpTap implements AutoCloseable {
    /** For {@code cutAfter}. */
    static final int NEVER = Integer.MAX_VALUE;

    private final ServerSocket server;
    private final int relay;
    private final IntSupplier cutAfter;

    /** Whether it cuts as a network does, in the middle, rather than in order. */
    private final boolean resets;

    private final List<String> acknowledged = new ArrayList<>();
    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean closed;

    private RelpTap(ServerSocket server, int relay, IntSupplier cutAfter, boolean resets) {
        this.server = server;
        this.relay = relay;
        this.cutAfter = cutAfter;
        this.resets = resets;
    }

    /**
     * Before the relay at this port.
     *
     * @param cutAfter asked for each connection: behind how many acknowledgements it is cut
     */
    static RelpTap before(int relay, IntSupplier cutAfter) throws IOException {
        return before(relay, cutAfter, false);
    }

    /** The same, but the next acknowledgement is lost, and both sides meet a reset. */
    static RelpTap resetting(int relay, IntSupplier cutAfter) throws IOException {
        return before(relay, cutAfter, true);
    }

    private static RelpTap before(int relay, IntSupplier cutAfter, boolean resets)
            throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        RelpTap tap = new RelpTap(server, relay, cutAfter, resets);
        Thread.ofVirtual().name("tap").start(tap::accept);
        return tap;
    }

    int port() {
        return server.getLocalPort();
    }

    /** Messages that were acknowledged, in the order of the acknowledgements. */
    List<String> acknowledged() {
        synchronized (acknowledged) {
            return List.copyOf(acknowledged);
        }
    }

    int acknowledgedCount() {
        synchronized (acknowledged) {
            return acknowledged.size();
        }
    }

    int cuts() {
        return cuts.get();
    }

    /** Connections made with the relay. */
    int connections() {
        return connections.get();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().name("tap-connection").start(() -> join(client));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void join(Socket client) {
        try (client;
                Socket target = new Socket(InetAddress.getLoopbackAddress(), relay)) {
            connections.incrementAndGet();
            Map<Integer, String> sent = new ConcurrentHashMap<>();
            Thread back = Thread.ofVirtual().start(() -> back(target, client, sent));
            try {
                forth(client, target, sent);
            } finally {
                target.shutdownOutput();
                back.join();
            }
        } catch (IOException _) {
            // the relay is down, or one of them has ended the connection
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void forth(Socket client, Socket target, Map<Integer, String> sent)
            throws IOException {
        InputStream in = new BufferedInputStream(client.getInputStream(), 1 << 16);
        OutputStream out = new BufferedOutputStream(target.getOutputStream(), 1 << 16);
        for (Frame frame = Frame.read(in); frame != null; frame = Frame.read(in)) {
            if (frame.command().equals("syslog")) {
                sent.put(frame.txnr(), frame.data());
            }
            out.write(frame.octets());
            if (in.available() == 0) {
                out.flush();
            }
        }
        out.flush();
    }

    private void back(Socket target, Socket client, Map<Integer, String> sent) {
        int left = cutAfter.getAsInt();
        try (client;
                target) {
            InputStream in = new BufferedInputStream(target.getInputStream(), 1 << 16);
            OutputStream out = client.getOutputStream();
            for (Frame frame = Frame.read(in); frame != null; frame = Frame.read(in)) {
                String message = sent.remove(frame.txnr());
                if (left == 0 && message != null) {
                    cuts.incrementAndGet();
                    client.setSoLinger(true, 0);
                    target.setSoLinger(true, 0);
                    return;
                }
                if (message != null && frame.data().startsWith("200 ")) {
                    synchronized (acknowledged) {
                        acknowledged.add(message);
                    }
                    left--;
                }
                out.write(frame.octets());
                if (left == 0 && !resets) {
                    cuts.incrementAndGet();
                    return;
                }
            }
        } catch (IOException _) {
            // ended
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        server.close();
    }

    private record Frame(int txnr, String command, String data, byte[] octets) {
        /** Null at the end of the stream, also within a frame. */
        static @Nullable Frame read(InputStream in) throws IOException {
            ByteArrayOutputStream octets = new ByteArrayOutputStream();
            String txnr = word(in, octets);
            String command = word(in, octets);
            String length = word(in, octets);
            if (length.isEmpty()) {
                return null;
            }
            byte[] data = in.readNBytes(Integer.parseInt(length));
            octets.write(data);
            if (data.length > 0) {
                int end = in.read();
                if (end < 0) {
                    return null;
                }
                octets.write(end);
            }
            return new Frame(
                    Integer.parseInt(txnr), command, new String(data, UTF_8), octets.toByteArray());
        }

        private static String word(InputStream in, ByteArrayOutputStream octets)
                throws IOException {
            ByteArrayOutputStream word = new ByteArrayOutputStream();
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                octets.write(octet);
                if (octet == ' ' || octet == '\n') {
                    return word.toString(ISO_8859_1);
                }
                word.write(octet);
            }
            return "";
        }
    }
}
