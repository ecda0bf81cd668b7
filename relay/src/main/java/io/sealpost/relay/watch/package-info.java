/**
 * Metrics and the books. The doors are {@code RelayMetrics} and {@code Books}. Knows no other room.
 */
@NullMarked
package io.sealpost.relay.watch;

import org.jspecify.annotations.NullMarked;
