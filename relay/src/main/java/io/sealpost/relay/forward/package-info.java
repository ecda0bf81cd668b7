/** Forwarders: from a queue of the spool to an upstream. Nobody depends on it. */
@NullMarked
package io.sealpost.relay.forward;

import org.jspecify.annotations.NullMarked;
