package io.sealpost.relay;

import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which program this is. */
record Version(String version, String commit) {
    private static final String RESOURCE = "version.properties";
    private static final String HOME = "https://sealpost.io";

    static Version ofBuild() {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Version(
                properties.getProperty("version", "unknown"),
                properties.getProperty("commit", "unknown"));
    }

    /** What RELP peers are told: name, version and address, with commas between them. */
    String relpSoftware() {
        return "sealpost," + version + "," + HOME;
    }

    String describe() {
        return "sealpost "
                + version
                + "\ncommit "
                + commit
                + "\njdk "
                + System.getProperty("java.vendor", "")
                + " "
                + Runtime.version()
                + "\ntransport "
                + (Epoll.isAvailable() ? "epoll" : "none, epoll cannot be used here")
                + "\n";
    }
}
