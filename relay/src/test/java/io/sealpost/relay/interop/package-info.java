/** The program as its user starts it, against real peers and under faults. */
@NullMarked
package io.sealpost.relay.interop;

import org.jspecify.annotations.NullMarked;
