package io.sealpost.relay.forward;

import java.time.Duration;
import java.time.ZoneId;

/**
 * What the conf file says of a file upstream.
 *
 * @param name name of the upstream
 * @param path where its files are; the date in it is that of the receive time in the zone
 * @param zone of the days and hours in the path; the relay uses UTC
 * @param keep files whose time ended longer ago are removed
 * @param maxBytes octets of all its files together, beyond which the oldest are removed
 * @param layout how messages are written
 * @param retryFirst wait after the first failure; doubles with each further one
 * @param retryMax longest wait between tries
 * @param maxOpen files open at a time; more are closed, the one not used for longest first
 */
public record FileUpstreamSettings(
        String name,
        PathTemplate path,
        ZoneId zone,
        Duration keep,
        long maxBytes,
        Layout layout,
        Duration retryFirst,
        Duration retryMax,
        int maxOpen) {

    /** Files open at a time. What the cursor holds of them fits into its file. */
    public static final int MAX_OPEN = ArchiveState.MAX_FILES / 2;

    public FileUpstreamSettings {
        if (maxOpen < 1 || maxOpen > MAX_OPEN) {
            throw new IllegalArgumentException(maxOpen + " open files of file upstream " + name);
        }
        if (maxBytes < 1 || !keep.isPositive() || !retryFirst.isPositive()) {
            throw new IllegalArgumentException("limits of file upstream " + name);
        }
    }
}
