/**
 * Proof that nothing was changed: RFC 6962 trees and their proofs, and the C2SP formats in which
 * they travel (tlog-tiles, signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof). Computation
 * only: no files, no threads, no clock. Knows no other room.
 */
@NullMarked
package io.sealpost.relay.integrity;

import org.jspecify.annotations.NullMarked;
