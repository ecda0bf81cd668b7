/** Clocks, threads and life cycle. Knows no other room. */
@NullMarked
package io.sealpost.relay.runtime;

import org.jspecify.annotations.NullMarked;
