package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.integrity.Entry;
import io.sealpost.relay.integrity.MerkleHash;
import io.sealpost.relay.integrity.TlogProof;
import io.sealpost.relay.integrity.VerifierKey;
import io.sealpost.relay.verify.Finding.Kind;

/** Checks a proof of a single entry, offline. The entry stands in the proof's extra data. */
public final class ProofCheck {
    private final LogKeys keys;
    private final Findings findings;

    /** A check by these keys. */
    public ProofCheck(LogKeys keys, Findings findings) {
        this.keys = keys;
        this.findings = findings;
    }

    /** Checks a proof and shows the entry. */
    public void check(TlogProof proof) {
        byte[] entry = proof.extraOctets();
        if (entry.length == 0) {
            findings.add(
                    Finding.of(Kind.DROPPED, "the proof has no entry with it, in its extra data"));
            return;
        }
        for (VerifierKey key : keys.keys()) {
            TlogProof.Verdict verdict =
                    proof.verify(new MerkleHash().leaf(entry), keys.origin(), key);
            String of = "the proof's checkpoint ";
            switch (verdict) {
                case PROVEN -> {}
                case OTHER_LOG -> bad(Kind.NOT_SIGNED, of + "is of " + proof.checkpoint().origin());
                case NOT_SIGNED -> bad(Kind.NOT_SIGNED, of + "is not signed by " + key.print());
                case BAD_SIGNATURE ->
                        bad(Kind.NOT_SIGNED, of + "has a false signature of " + key.print());
                case NOT_INCLUDED ->
                        bad(Kind.CHANGED, "the entry in the proof is not entry " + proof.index());
            }
            if (verdict != TlogProof.Verdict.PROVEN) {
                return;
            }
        }
        Checkpoint checkpoint = proof.checkpoint();
        findings.good(
                "entry "
                        + proof.index()
                        + " of "
                        + checkpoint.size()
                        + " in "
                        + checkpoint.origin());
        if (entry[0] == Entry.MESSAGE) {
            findings.good("it is: " + LineText.of(entry, 1, entry.length));
        }
    }

    private void bad(Kind kind, String text) {
        findings.add(Finding.of(kind, text));
    }
}
