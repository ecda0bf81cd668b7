/** RELP, the acknowledged way from host to host. The door is {@code RelpServerSession}. */
package io.sealpost.protocol.relp;
