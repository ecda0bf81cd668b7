/**
 * Messages to bytes. The doors: {@code Rfc5424Encoder} writes what a scan knows as RFC 5424; the
 * kinds of {@code MessageEncoder} turn RFC 5424 into what an upstream wants instead.
 */
package io.sealpost.protocol.encode;
