package io.sealpost.relay.seal;

import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.HashReader;
import io.sealpost.relay.integrity.LogSigner;
import io.sealpost.relay.integrity.NoteFormatException;
import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.integrity.StoredCheckpoint;
import io.sealpost.relay.integrity.TiledNodes;
import io.sealpost.relay.integrity.TreeEdge;
import io.sealpost.relay.integrity.VerifierKey;
import java.io.IOException;
import java.util.Optional;

/** Whether the log on disk is an old copy of itself. Confined to the thread that starts. */
final class RollbackCheck {
    /** What was found. */
    sealed interface Result {
        /** Nothing against it. */
        record Good() implements Result {}

        /**
         * It cannot be said.
         *
         * @param alarming nobody but the log itself should have written what was found
         */
        record Unchecked(String reason, boolean alarming) implements Result {}

        /** It is one: the log ends, and goes on under this name. */
        record RolledBack(String reason, LogName next) implements Result {}
    }

    private final LogFiles files;
    private final LogSigner signer;
    private final LogName name;

    RollbackCheck(LogFiles files, LogSigner signer) {
        this.files = files;
        this.signer = signer;
        this.name = LogName.of(signer.origin());
    }

    /**
     * Compares with the spool.
     *
     * @param end sequence behind its last message
     */
    Result spool(long end) {
        long next = files.newest().map(StoredCheckpoint::nextSequence).orElse(0L);
        return next <= end
                ? new Result.Good()
                : rolledBack(
                        "the spool ends before message "
                                + end
                                + ", but messages before "
                                + next
                                + " were sealed: it was lost or put back from a copy",
                        name.number());
    }

    /** Compares with what the remember file holds, if there is one. */
    Result remembered(Optional<byte[]> octets) throws IOException {
        if (octets.isEmpty()) {
            return new Result.Unchecked("the file has no checkpoint yet", false);
        }
        SignedNote note;
        Checkpoint known;
        VerifierKey key;
        try {
            note = SignedNote.parse(octets.get());
            known = Checkpoint.parse(note.text());
            key = signer.verifiers().getFirst().renamed(known.origin());
        } catch (NoteFormatException e) {
            return new Result.Unchecked("the file is damaged: " + e.getMessage(), true);
        }
        LogName itsName = LogName.of(known.origin());
        if (!itsName.base().equals(name.base())) {
            return new Result.Unchecked(
                    "the file has the checkpoint over "
                            + known.size()
                            + " entries of another log, "
                            + known.origin(),
                    true);
        }
        if (note.verdict(key) != SignedNote.Verdict.VALID) {
            return new Result.Unchecked(
                    "the file's checkpoint is not signed by the key of this log", true);
        }
        return compare(known, itsName);
    }

    private Result compare(Checkpoint known, LogName itsName) throws IOException {
        long size = files.log().size();
        if (itsName.number() < name.number()) {
            return new Result.Good();
        }
        if (itsName.number() > name.number()) {
            return rolledBack(
                    "there was already a log " + known.origin() + ", opened after this one",
                    itsName.number());
        }
        if (known.size() > size) {
            return rolledBack(
                    "a checkpoint over "
                            + known.size()
                            + " entries, root "
                            + known.root().base64()
                            + ", was signed, but here are "
                            + size
                            + ": the data folder was put back from a copy",
                    itsName.number());
        }
        Optional<Hash> root = rootAt(known.size());
        return root.isEmpty() || root.get().equals(known.root())
                ? new Result.Good()
                : rolledBack(
                        "a checkpoint over "
                                + known.size()
                                + " entries with root "
                                + known.root().base64()
                                + " was signed, but here they have the root "
                                + root.get().base64()
                                + ": the log went on from a copy",
                        itsName.number());
    }

    /** The root that the first entries have; empty where hashes for it are dropped. */
    private Optional<Hash> rootAt(long size) throws IOException {
        if (size == files.log().size()) {
            return Optional.of(files.log().root());
        }
        if (size < files.log().firstLeaf()) {
            return Optional.empty();
        }
        try (HashReader reader = files.log().reader()) {
            return Optional.of(
                    TreeEdge.resume(size, new TiledNodes(reader), (_, _, _, _) -> {}).root());
        }
    }

    private Result rolledBack(String reason, long lastNumber) {
        return new Result.RolledBack(reason, name.withNumber(lastNumber + 1));
    }
}
