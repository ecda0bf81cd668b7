/** Command line and wiring: the only room that knows all others. */
@NullMarked
package io.sealpost.relay;

import org.jspecify.annotations.NullMarked;
