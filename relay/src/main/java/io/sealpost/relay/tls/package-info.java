/** TLS: contexts made from key files, and who may connect. Its door is {@link ServerTls}. */
@NullMarked
package io.sealpost.relay.tls;

import org.jspecify.annotations.NullMarked;
