/** From received octets to messages in a spool lane: frame, parse, normalize, encode. */
@NullMarked
package io.sealpost.relay.pipeline;

import org.jspecify.annotations.NullMarked;
