/** From a byte stream to frames (RFC 6587). The door is {@code StreamFramer}. */
package io.sealpost.protocol.frame;
