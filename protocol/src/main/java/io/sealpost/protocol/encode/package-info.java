/** From a message scan to bytes. The door is {@code Rfc5424Encoder}. */
package io.sealpost.protocol.encode;
