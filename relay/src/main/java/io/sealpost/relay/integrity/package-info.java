/**
 * Proof that nothing was changed: RFC 6962 trees and their proofs, the C2SP formats in which they
 * travel (tlog-tiles, signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof), and the files of
 * the relay's own log, whose doors are {@code KeyFile}, {@code CheckpointStore}, {@code
 * IntegrityLog} and {@code MetadataFiles}. No threads, no clock. Knows of the spool its storage
 * port and the source of a message alone.
 */
@NullMarked
package io.sealpost.relay.integrity;

import org.jspecify.annotations.NullMarked;
