package io.sealpost.relay.watch;

import java.util.function.LongSupplier;

/**
 * Where the spool's figures are read at each scrape.
 *
 * @param bytes octets on disk
 * @param written messages written
 * @param synced messages synced
 */
public record SpoolReadings(LongSupplier bytes, LongSupplier written, LongSupplier synced) {}
