package io.sealpost.relay.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;

/** What defaults take from the machine. */
public record Facts(String hostName, ZoneId zone) {
    private static final Path KERNEL_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    /** The machine this runs on. */
    static Facts ofMachine() {
        return new Facts(machineName(), ZoneId.systemDefault());
    }

    /** The host's name. */
    public static String machineName() {
        // The JDK's own way asks DNS, which may take seconds.
        try {
            String name = Files.readString(KERNEL_HOST_NAME).strip();
            return name.isEmpty() ? "localhost" : name;
        } catch (IOException _) {
            return "localhost";
        }
    }
}
