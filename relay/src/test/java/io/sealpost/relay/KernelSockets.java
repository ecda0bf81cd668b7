package io.sealpost.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the kernel says of the IPv4 sockets of this process. */
final class KernelSockets {
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final String LISTENS = "0A";
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private KernelSockets() {}

    /**
     * Receive buffers of the sockets at a local port, as asked for: the kernel answers with twice
     * that. Sockets that only listen are left out.
     *
     * @param transport tcp or udp
     */
    static List<Integer> receiveBuffers(String transport, int port) throws IOException {
        String local = ":%04X".formatted(port);
        Set<String> sockets =
                Files.readAllLines(Path.of("/proc/net", transport)).stream()
                        .map(line -> line.strip().split("\\s+", -1))
                        .filter(words -> words[LOCAL].endsWith(local))
                        .filter(words -> !words[STATE].equals(LISTENS))
                        .map(words -> "socket:[" + words[INODE] + "]")
                        .collect(Collectors.toSet());
        List<Integer> buffers = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
            for (Path descriptor : descriptors.filter(Files::isSymbolicLink).toList()) {
                if (sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
                    int number = Integer.parseInt(String.valueOf(descriptor.getFileName()));
                    int twice = new Socket(number).getReceiveBufferSize();
                    assertThat(twice % 2).isZero();
                    buffers.add(twice / 2);
                }
            }
        }
        return buffers;
    }
}
