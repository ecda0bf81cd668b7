package io.sealpost.relay.verify;

/**
 * Something that is not as it was signed, or of which nobody can say.
 *
 * @param index of the entry, or -1 where there is none
 * @param count of entries or lines, from this one on
 * @param text for people: what, where, received when
 */
public record Finding(Kind kind, long index, long count, String text) {
    /** What it shows. */
    public enum Verdict {
        /** Somebody changed something. */
        TAMPERED,
        /** Not enough is known, or not yet. */
        CANNOT_TELL
    }

    /** What is found. */
    public enum Kind {
        /** A line that is not what was signed, where a signed one is missing. */
        CHANGED("changed", Verdict.TAMPERED),
        /** A signed entry has no line. */
        MISSING("missing", Verdict.TAMPERED),
        /** A line that was never signed. */
        INSERTED("inserted", Verdict.TAMPERED),
        /** A signed line in another place. */
        REORDERED("reordered", Verdict.TAMPERED),
        /** A signed line once more. */
        REPEATED("repeated", Verdict.TAMPERED),
        /** The log's own files are not what was signed. */
        LOG_DAMAGED("log damaged", Verdict.TAMPERED),
        /** A checkpoint is not signed by the key. */
        NOT_SIGNED("not signed", Verdict.TAMPERED),
        /** A signed checkpoint is not of this tree: there are, or were, two. */
        OTHER_TREE("other tree", Verdict.TAMPERED),
        /** A line behind all that the newest checkpoint covers. */
        NOT_SEALED_YET("not sealed yet", Verdict.CANNOT_TELL),
        /** The lines are not the messages: the format of the file leaves too much out. */
        OTHER_FORMAT("other format", Verdict.CANNOT_TELL),
        /** Hashes or metadata that would tell were dropped after {@code integrity.keep}. */
        DROPPED("no longer kept", Verdict.CANNOT_TELL);

        private final String word;
        private final Verdict verdict;

        Kind(String word, Verdict verdict) {
            this.word = word;
            this.verdict = verdict;
        }

        /** As people are told. */
        public String word() {
            return word;
        }

        /** What it means. */
        public Verdict verdict() {
            return verdict;
        }
    }

    static Finding of(Kind kind, String text) {
        return new Finding(kind, -1, 1, text);
    }
}
