package io.sealpost.relay.admin;

import io.sealpost.relay.watch.RelayMetrics;

/**
 * What the admin server shows.
 *
 * @param files below {@code /integrity/}
 */
public record AdminContent(RelayMetrics metrics, Readiness readiness, ServedFiles files) {}
