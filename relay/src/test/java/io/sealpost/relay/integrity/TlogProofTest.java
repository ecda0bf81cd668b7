package io.sealpost.relay.integrity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sealpost.relay.integrity.TlogProof.Verdict;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlogProofTest {
    private static final String ORIGIN = "example.com/log";
    private static final int SIZE = 11;

    private final MemoryTree tree = MemoryTree.ofNumbers(SIZE);
    private final SigningKey key;

    TlogProofTest() throws NoteFormatException {
        key = SigningKey.generate(ORIGIN, SignatureType.ED25519, new SecureRandom());
    }

    @Test
    void every_entry_is_proven_and_no_other() throws Exception {
        for (int index = 0; index < SIZE; index++) {
            TlogProof proof = TlogProof.parse(proof("", index).encode());

            assertThat(proof).isEqualTo(proof("", index));
            for (int leaf = 0; leaf < SIZE; leaf++) {
                assertThat(proof.verify(tree.leaf(leaf), ORIGIN, key.verifier()))
                        .isEqualTo(leaf == index ? Verdict.PROVEN : Verdict.NOT_INCLUDED);
            }
        }
    }

    @Test
    void proof_is_printed_as_the_specification_wants_it() throws Exception {
        TlogProof proof = proof("aGVsbG8=", 10);
        assertThat(proof.print())
                .isEqualTo(
                        "c2sp.org/tlog-proof@v1\nextra aGVsbG8=\nindex 10\n"
                                + Proofs.inclusion(10, SIZE, tree).orElseThrow().stream()
                                        .map(hash -> hash.base64() + '\n')
                                        .reduce("", String::concat)
                                + '\n'
                                + note().print());
        assertThat(new String(proof.extraOctets(), UTF_8)).isEqualTo("hello");
        assertThat(proof("", 0).extraOctets()).isEmpty();
        assertThat(TlogProof.parse(proof.encode())).isEqualTo(proof);
    }

    @Test
    void log_of_one_entry_needs_no_hashes() throws NoteFormatException {
        String text = new Checkpoint(ORIGIN, 1, tree.root(1)).text();
        SignedNote note = new SignedNote(text, List.of(key.sign(text, 0)));
        TlogProof proof = TlogProof.parse(new TlogProof("", 0, List.of(), note).encode());
        assertThat(proof.verify(tree.leaf(0), ORIGIN, key.verifier())).isEqualTo(Verdict.PROVEN);
    }

    @Test
    void checkpoint_of_somebody_else_proves_nothing() throws Exception {
        TlogProof proof = proof("", 3);
        Hash leaf = tree.leaf(3);
        SigningKey other = SigningKey.generate(ORIGIN, SignatureType.ED25519, new SecureRandom());

        assertThat(proof.verify(leaf, "example.com/lag", key.verifier()))
                .isEqualTo(Verdict.OTHER_LOG);
        assertThat(proof.verify(leaf, ORIGIN, other.verifier())).isEqualTo(Verdict.NOT_SIGNED);
        String newer = new Checkpoint(ORIGIN, SIZE + 1, tree.root(SIZE)).text();
        SignedNote forged = new SignedNote(newer, proof.note().signatures());
        assertThat(new TlogProof("", 3, proof.path(), forged).verify(leaf, ORIGIN, key.verifier()))
                .isEqualTo(Verdict.BAD_SIGNATURE);
    }

    @Test
    void changed_index_or_path_proves_nothing() throws Exception {
        TlogProof proof = proof("", 3);
        for (long index = 0; index < SIZE + 5; index++) {
            TlogProof other = new TlogProof("", index, proof.path(), proof.note());
            assertThat(other.verify(tree.leaf(3), ORIGIN, key.verifier()))
                    .isEqualTo(index == 3 ? Verdict.PROVEN : Verdict.NOT_INCLUDED);
        }
        List<Hash> shorter = new ArrayList<>(proof.path());
        shorter.removeLast();
        assertThat(
                        new TlogProof("", 3, shorter, proof.note())
                                .verify(tree.leaf(3), ORIGIN, key.verifier()))
                .isEqualTo(Verdict.NOT_INCLUDED);
    }

    @Test
    void cosignatures_of_witnesses_stay_with_the_proof() throws Exception {
        SigningKey witness =
                SigningKey.generate(
                        "example.com/w", SignatureType.ML_DSA_44_COSIGNATURE, new SecureRandom());
        SignedNote cosigned = note().with(witness.sign(note().text(), 1_764_338_400));
        TlogProof proof = new TlogProof("", 2, proof("", 2).path(), cosigned);

        TlogProof again = TlogProof.parse(proof.encode());

        assertThat(again.verify(tree.leaf(2), ORIGIN, key.verifier())).isEqualTo(Verdict.PROVEN);
        assertThat(again.note().verdict(witness.verifier())).isEqualTo(SignedNote.Verdict.VALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n\nNOTE",
                "c2sp.org/tlog-proof@v1\n\nNOTE",
                "c2sp.org/tlog-proof@v2\nindex 0\n\nNOTE",
                " c2sp.org/tlog-proof@v1\nindex 0\n\nNOTE",
                "c2sp.org/tlog-proof@v1\nindex 0\nNOTE",
                "c2sp.org/tlog-proof@v1\nindex 0\n\n",
                "c2sp.org/tlog-proof@v1\nindex 0\n\n\nNOTE",
                "c2sp.org/tlog-proof@v1\nindex 0\n\nNOTEx",
                "c2sp.org/tlog-proof@v1\nindex 00\n\nNOTE",
                "c2sp.org/tlog-proof@v1\nindex -1\n\nNOTE",
                "c2sp.org/tlog-proof@v1\nindex\n\nNOTE",
                "c2sp.org/tlog-proof@v1\nindex \n\nNOTE",
                "c2sp.org/tlog-proof@v1\nindex 0 \n\nNOTE",
                "c2sp.org/tlog-proof@v1\nindex 0\r\n\nNOTE",
                "c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\nNOTE",
                "c2sp.org/tlog-proof@v1\nextra\nindex 0\n\nNOTE",
                "c2sp.org/tlog-proof@v1\nextra \nindex 0\n\nNOTE",
                "c2sp.org/tlog-proof@v1\nextra AB==\nindex 0\n\nNOTE",
                "c2sp.org/tlog-proof@v1\nextra AAAA\n\nNOTE",
                "c2sp.org/tlog-proof@v1\nextra AAAA\nextra AAAA\nindex 0\n\nNOTE",
                "c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\nNOTE",
                "c2sp.org/tlog-proof@v1\nindex 0\nindex 0\n\nNOTE",
                "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nNOTE"
            })
    void anything_else_is_no_proof(String pattern) throws NoteFormatException {
        assertRefused(pattern.replace("NOTE", note().print()));
    }

    @Test
    void note_that_is_no_checkpoint_makes_no_proof() throws NoteFormatException {
        SignedNote note = new SignedNote("text\n", List.of(key.sign("text\n", 0)));
        assertRefused("c2sp.org/tlog-proof@v1\nindex 0\n\n" + note.print());
        assertThatThrownBy(() -> new TlogProof("", 0, List.of(), note))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void proof_is_no_longer_than_a_tree_is_high() throws NoteFormatException {
        SignedNote note = note();
        String hash = MerkleHash.emptyRoot().base64() + '\n';
        String start = "c2sp.org/tlog-proof@v1\nindex 0\n";
        String end = '\n' + note.print();
        assertThat(TlogProof.parse((start + hash.repeat(63) + end).getBytes(UTF_8)).path())
                .hasSize(63);
        assertRefused(start + hash.repeat(64) + end);
        List<Hash> path = Collections.nCopies(64, MerkleHash.emptyRoot());
        assertThatThrownBy(() -> new TlogProof("", 0, path, note))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TlogProof("?", 0, List.of(), note))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TlogProof("", -1, List.of(), note))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private SignedNote note() throws NoteFormatException {
        String text = new Checkpoint(ORIGIN, SIZE, tree.root(SIZE)).text();
        return new SignedNote(text, List.of(key.sign(text, 0)));
    }

    private TlogProof proof(String extra, int index) throws IOException, NoteFormatException {
        return new TlogProof(
                extra, index, Proofs.inclusion(index, SIZE, tree).orElseThrow(), note());
    }

    private static void assertRefused(String proof) {
        assertThatThrownBy(() -> TlogProof.parse(proof.getBytes(UTF_8)))
                .isInstanceOf(NoteFormatException.class);
    }
}
