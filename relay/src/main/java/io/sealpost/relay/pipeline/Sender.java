package io.sealpost.relay.pipeline;

import io.sealpost.protocol.parse.Origin;
import io.sealpost.relay.spool.Source;

/**
 * Who sends: made once per connection, or per peer of a datagram listener.
 *
 * @param source as kept with the messages
 * @param origin as the parser needs it
 */
public record Sender(Source source, Origin origin) {}
