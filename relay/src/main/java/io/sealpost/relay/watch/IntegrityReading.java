package io.sealpost.relay.watch;

/**
 * The figures of the integrity log at one moment.
 *
 * @param entries that the newest checkpoint covers
 * @param unsealed messages on disk that it does not cover
 * @param bytes of hashes, metadata and checkpoints
 * @param checkpointSeconds when it was signed, since 1970
 * @param working messages can be sealed
 * @param alarm the start found that the log was put back, or the remember file is another's
 * @param unchecked nothing tells whether it was put back
 * @param remembered the newest checkpoint can be written to the remember file
 */
public record IntegrityReading(
        long entries,
        long unsealed,
        long bytes,
        long checkpointSeconds,
        boolean working,
        boolean alarm,
        boolean unchecked,
        boolean remembered) {}
