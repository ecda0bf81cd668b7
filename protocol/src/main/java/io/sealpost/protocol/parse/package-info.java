/** From bytes to a message scan. The door is {@code MessageParser}. */
package io.sealpost.protocol.parse;
