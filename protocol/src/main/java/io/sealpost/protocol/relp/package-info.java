/**
 * RELP, the acknowledged way from host to host. The doors are {@code RelpServerSession} and {@code
 * RelpClientSession}: one side each of a session.
 */
package io.sealpost.protocol.relp;
