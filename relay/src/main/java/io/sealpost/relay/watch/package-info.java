/** Metrics and the books. Knows no other room. */
@NullMarked
package io.sealpost.relay.watch;

import org.jspecify.annotations.NullMarked;
