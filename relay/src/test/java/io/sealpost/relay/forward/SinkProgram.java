package io.sealpost.relay.forward;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A syslog server in a process of its own, that can be stopped and killed. Takes one connection,
 * and prints each message when it has read it.
 */
final class SinkProgram implements AutoCloseable {
    private final Process process;
    private final BufferedReader printed;
    private final int port;

    private SinkProgram(Process process) throws IOException {
        this.process = process;
        printed =
                new BufferedReader(
                        new InputStreamReader(
                                process.getInputStream(), StandardCharsets.ISO_8859_1));
        port = Integer.parseInt(printed.readLine());
    }

    static SinkProgram start() throws Exception {
        URI classes = SinkProgram.class.getProtectionDomain().getCodeSource().getLocation().toURI();
        return new SinkProgram(
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                Path.of(classes).toString(),
                                SinkProgram.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
    }

    int port() {
        return port;
    }

    /** Waits for the next message to be read. */
    String message() throws IOException {
        return printed.readLine();
    }

    /** SIGSTOP. */
    void hang() throws Exception {
        String pid = Long.toString(process.pid());
        int result = new ProcessBuilder(List.of("kill", "-STOP", pid)).start().waitFor();
        if (result != 0) {
            throw new IOException("kill: " + result);
        }
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The program. */
    static void main() throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.ISO_8859_1);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            out.println(server.getLocalPort());
            try (Socket socket = server.accept()) {
                InputStream in = new BufferedInputStream(socket.getInputStream(), 1);
                while (true) {
                    int length = 0;
                    for (int c = in.read(); c != ' '; c = in.read()) {
                        if (c < 0) {
                            return;
                        }
                        length = length * 10 + c - '0';
                    }
                    out.println(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
                }
            }
        }
    }
}
