/** Rules on messages: which upstreams get one, evaluated on its offsets. Knows no other room. */
@NullMarked
package io.sealpost.relay.route;

import org.jspecify.annotations.NullMarked;
