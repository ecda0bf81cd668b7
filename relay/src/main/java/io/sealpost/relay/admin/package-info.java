/**
 * Health and metrics over HTTP on a loopback address. The door is {@code AdminServer}. Nobody
 * depends on it.
 */
@NullMarked
package io.sealpost.relay.admin;

import org.jspecify.annotations.NullMarked;
