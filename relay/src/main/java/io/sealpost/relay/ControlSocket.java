package io.sealpost.relay;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Where a running relay is spoken to: a Unix domain socket in its data folder. */
record ControlSocket(Path path) {
    private static final String NAME = "control.sock";

    /** For the user of the relay and its group. */
    private static final String PERMISSIONS = "rw-rw----";

    /** sun_path holds 108 octets, the last of them 0. */
    private static final int MAX_PATH = 107;

    private static final int BACKLOG = 64;

    static ControlSocket in(Path dataDir) {
        return new ControlSocket(dataDir.resolve(NAME));
    }

    /**
     * Listens. The caller holds the lock of the data folder, so that what lies there is of a relay
     * that was killed.
     */
    ServerSocketChannel listen() throws IOException {
        Files.deleteIfExists(path);
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(address(), BACKLOG);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(PERMISSIONS));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Whether there is one, of a running relay or left by a killed one. */
    boolean exists() {
        return Files.exists(path);
    }

    /** Connects to the relay. */
    SocketChannel connect() throws IOException {
        return SocketChannel.open(address());
    }

    private UnixDomainSocketAddress address() throws SocketException {
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_PATH) {
            throw new SocketException(
                    "the path has %d octets, a socket's has at most %d; use a shorter data-dir"
                            .formatted(length, MAX_PATH));
        }
        return UnixDomainSocketAddress.of(path);
    }

    void remove() throws IOException {
        Files.deleteIfExists(path);
    }
}
