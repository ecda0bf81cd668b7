package io.sealpost.relay.seal;

import java.time.Duration;

/**
 * How often checkpoints are signed, and what is kept.
 *
 * @param checkpointInterval shortest time between two checkpoints
 * @param keep how long hashes, metadata and checkpoints stay
 * @param maxBytes of hashes, metadata and checkpoints
 */
public record SealSettings(Duration checkpointInterval, Duration keep, long maxBytes) {
    /** Time between two checkpoints while no messages come. */
    public static final Duration HEARTBEAT = Duration.ofSeconds(60);
}
