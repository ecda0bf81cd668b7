package io.sealpost.relay.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Sends messages into a program, at a rate or as fast as it takes them. */
final class Feeder {
    private static final long STEP_NANOS = 5_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private Feeder() {}

    /** Octet-counted over one TCP connection; rate 0 is as fast as possible. */
    static void tcp(int port, List<Fields> messages, int perSecond) throws IOException {
        send(new Socket(InetAddress.getLoopbackAddress(), port), messages, perSecond);
    }

    /** The same with these messages of a series, as fast as possible. */
    static void series(int port, String series, List<Integer> numbers) throws IOException {
        tcp(port, numbers.stream().map(n -> Sample.message(series, n)).toList(), 0);
    }

    /** The same as {@link #tcp} over this connection, which ends with it. */
    static void send(Socket connection, List<Fields> messages, int perSecond) throws IOException {
        try (Socket socket = connection) {
            List<byte[]> frames = messages.stream().map(m -> counted(m.message())).toList();
            write(socket.getOutputStream(), frames, perSecond);
            socket.shutdownOutput();
            // the peer closes when it has read everything
            socket.setSoTimeout(30_000);
            socket.getInputStream().readAllBytes();
        }
    }

    /** A line each, into a program's standard input. */
    static void lines(OutputStream out, List<String> lines, int perSecond) throws IOException {
        try (out) {
            write(
                    out,
                    lines.stream().map(line -> (line + "\n").getBytes(UTF_8)).toList(),
                    perSecond);
        }
    }

    static byte[] counted(String message) {
        byte[] bytes = message.getBytes(UTF_8);
        byte[] count = (bytes.length + " ").getBytes(UTF_8);
        byte[] frame = new byte[count.length + bytes.length];
        System.arraycopy(count, 0, frame, 0, count.length);
        System.arraycopy(bytes, 0, frame, count.length, bytes.length);
        return frame;
    }

    private static void write(OutputStream to, List<byte[]> frames, int perSecond)
            throws IOException {
        BufferedOutputStream out = new BufferedOutputStream(to, 1 << 16);
        long start = System.nanoTime();
        int sent = 0;
        while (sent < frames.size()) {
            long due =
                    perSecond == 0
                            ? frames.size()
                            : (System.nanoTime() - start) * perSecond / NANOS_PER_SECOND + 1;
            while (sent < Math.min(due, frames.size())) {
                out.write(frames.get(sent++));
            }
            out.flush();
            if (sent < frames.size()) {
                LockSupport.parkNanos(STEP_NANOS);
            }
        }
    }
}
