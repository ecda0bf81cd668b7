package io.sealpost.relay.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Counts per peer, transport and framing: a line each in {@code target/interop-counts.txt}. */
final class Table {
    private static final Path FILE = Peers.checkout().resolve("relay/target/interop-counts.txt");

    private Table() {}

    static synchronized void add(String peer, String how, long sent, long received, String note)
            throws IOException {
        String line = "%-22s %-34s %9d %9d  %s%n".formatted(peer, how, sent, received, note);
        System.out.print(line);
        Files.createDirectories(FILE.getParent());
        Files.writeString(FILE, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
