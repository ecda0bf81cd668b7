/**
 * Seals the spool: reads what is durable back, puts it into the integrity log, and signs
 * checkpoints. The doors are {@code Sealing} and {@code LogFolder}. Knows the spool and the log,
 * neither of which knows the other.
 */
@NullMarked
package io.sealpost.relay.seal;

import org.jspecify.annotations.NullMarked;
