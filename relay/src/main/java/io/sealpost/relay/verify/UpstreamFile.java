package io.sealpost.relay.verify;

import java.io.InputStream;

/**
 * What an upstream has kept.
 *
 * @param name for people
 * @param octets that it has, for the progress alone
 * @param in stays the caller's
 */
public record UpstreamFile(String name, long octets, InputStream in) {}
