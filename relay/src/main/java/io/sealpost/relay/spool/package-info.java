/**
 * The durable log and the queues on it. The doors are {@code Spool}, {@code Lane} and {@code
 * UpstreamQueue}. Knows no other room.
 */
@NullMarked
package io.sealpost.relay.spool;

import org.jspecify.annotations.NullMarked;
