package io.sealpost.relay.integrity;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Files of one kind that belong to a log: those with checkpoints, or those with metadata. */
public interface FileSeries {
    /**
     * One of them.
     *
     * @param octets that it has, at least: it may grow
     */
    record File(String name, long octets) {}

    /** All of them, by name. */
    List<File> list() throws IOException;

    /** The octets of one of them; to be closed. */
    InputStream open(String name) throws IOException;
}
