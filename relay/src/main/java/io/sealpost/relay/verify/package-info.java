/**
 * Checks a log, and what upstreams kept of it, and makes proofs of single messages. The doors are
 * {@code LogCheck}, {@code FilesCheck} and {@code ProofSearch}; a log is read through {@code
 * SealedLog}, wherever it is. Prints nothing: what it has found goes to {@code Findings}.
 */
@NullMarked
package io.sealpost.relay.verify;

import org.jspecify.annotations.NullMarked;
