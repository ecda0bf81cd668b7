package io.sealpost.relay.seal;

import io.sealpost.relay.integrity.LogSigner;
import io.sealpost.relay.integrity.StoredCheckpoint;
import io.sealpost.relay.integrity.VerifierKey;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.Spool;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/**
 * Opens the log of a data folder for sealing: makes its keys if it is new, looks whether it is an
 * old copy of itself, and if so closes it and opens the next one.
 *
 * @param folder of the log
 * @param remember what the remember file is, if there is one
 * @param relay name of the relay, for a new origin
 */
public record SealOpening(LogFolder folder, Optional<RememberFile> remember, String relay) {
    /**
     * An open log, not yet sealing.
     *
     * @param keys that verify it
     * @param begins it is over nothing yet
     * @param unchecked why it cannot be said whether the log is an old copy; empty if it can
     */
    public record Opened(
            Sealing sealing, List<VerifierKey> keys, boolean begins, Optional<String> unchecked) {
        /** With the keys as they are. */
        public Opened {
            keys = List.copyOf(keys);
        }
    }

    /**
     * Opens it.
     *
     * @throws IOException with a sentence for the operator: without its log the relay does not
     *     start
     */
    public Opened open(
            SealSettings settings,
            Spool spool,
            OwnMessages own,
            Announcer announcer,
            NanoClock clock)
            throws IOException {
        SecureRandom random = new SecureRandom();
        LogSigner signer = folder.signer(relay, random);
        LogFiles files = folder.open(signer);
        Optional<String> unchecked = Optional.empty();
        try {
            RollbackCheck.Result result = check(files, signer, spool);
            if (result instanceof RollbackCheck.Result.Unchecked found) {
                unchecked = Optional.of(found.reason());
                announcer.unchecked(found.reason(), found.alarming());
                if (found.alarming()) {
                    putAside();
                }
            }
            if (result instanceof RollbackCheck.Result.RolledBack found) {
                Optional<StoredCheckpoint> old = files.newest();
                files.close();
                folder.close(closed(signer, files, found));
                signer = folder.signer(relay, random);
                files = folder.open(signer);
                Sealer.begin(files, firstUnsealed(old, spool), Sealer.seconds(clock));
            }
            tellIfReopened(files, signer, own, announcer);
            boolean begins = files.log().size() == 0;
            LogSigner itsSigner = signer;
            Sealer sealer =
                    Sealer.on(
                            files,
                            settings,
                            spool,
                            () -> folder.open(itsSigner),
                            own,
                            announcer,
                            clock);
            return new Opened(new Sealing(sealer, spool), signer.verifiers(), begins, unchecked);
        } catch (IOException | RuntimeException e) {
            files.close();
            throw e;
        }
    }

    private RollbackCheck.Result check(LogFiles files, LogSigner signer, Spool spool)
            throws IOException {
        RollbackCheck check = new RollbackCheck(files, signer);
        RollbackCheck.Result bySpool = check.spool(spool.synced());
        if (remember.isEmpty() || bySpool instanceof RollbackCheck.Result.RolledBack) {
            return bySpool;
        }
        try {
            return check.remembered(remember.get().read());
        } catch (IOException e) {
            return new RollbackCheck.Result.Unchecked(
                    "the file cannot be read: " + e.getMessage(), false);
        }
    }

    /** What the file has is evidence, and is about to be overwritten. */
    private void putAside() throws IOException {
        if (remember.isPresent()) {
            remember.get().keepAs(".old");
        }
    }

    private static ClosedLog closed(
            LogSigner signer, LogFiles files, RollbackCheck.Result.RolledBack found) {
        return new ClosedLog(
                signer.origin(),
                found.next().origin(),
                files.log().size(),
                files.log().root().base64(),
                found.reason());
    }

    /** Of what the spool has, everything that the closed log on disk does not cover. */
    private static long firstUnsealed(Optional<StoredCheckpoint> old, Spool spool) {
        long next = old.map(StoredCheckpoint::nextSequence).orElse(0L);
        return next > spool.synced() ? spool.oldest() : Math.max(next, spool.oldest());
    }

    private void tellIfReopened(
            LogFiles files, LogSigner signer, OwnMessages own, Announcer announcer)
            throws IOException {
        Optional<ClosedLog> before = folder.before(signer.origin());
        if (before.isPresent() && files.log().size() == 0) {
            own.statement(announcer.reopened(before.get()));
        }
    }
}
