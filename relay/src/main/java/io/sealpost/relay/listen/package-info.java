/** Listeners: sockets in, chunks to the pipeline. Nobody depends on it. */
@NullMarked
package io.sealpost.relay.listen;

import org.jspecify.annotations.NullMarked;
