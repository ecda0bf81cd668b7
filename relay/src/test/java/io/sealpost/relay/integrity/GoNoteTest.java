package io.sealpost.relay.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The notes and keys that golang.org/x/mod publishes for signed notes: {@code sumdb/note/note.go},
 * its example, and {@code note_test.go}, whose second key is made of a seed of zeros.
 */
class GoNoteTest {
    private static final String TEXT =
            """
            If you think cryptography is the answer to your problem,
            then you don't know what your problem is.
            """;
    private static final String PETER_KEY =
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    private static final String PETER =
            "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf"
                    + "qdngotpRZb6KE6RyyBwJnAM=";
    private static final String ENOCH_KEY =
            "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
    private static final String ENOCH =
            "\u2014 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTG"
                    + "wnWLox33WWd1RvMc+QQ=";

    @Test
    void a_note_of_two_keys_is_verified_by_each() throws Exception {
        String printed = TEXT + '\n' + PETER + '\n' + ENOCH + '\n';
        SignedNote note = SignedNote.parse(printed);

        assertThat(note.text()).isEqualTo(TEXT);
        assertThat(note.print()).isEqualTo(printed);
        for (String key : List.of(PETER_KEY, ENOCH_KEY)) {
            assertThat(note.verdict(VerifierKey.parse(key))).isEqualTo(SignedNote.Verdict.VALID);
            assertThat(VerifierKey.parse(key).print()).isEqualTo(key);
        }
        SignedNote other = SignedNote.parse(printed.replace("answer", "anwser"));
        assertThat(other.verdict(VerifierKey.parse(PETER_KEY)))
                .isEqualTo(SignedNote.Verdict.INVALID);
    }

    @Test
    void the_same_seed_makes_the_same_key_and_signature() throws Exception {
        SigningKey key = SigningKey.ofSeed("EnochRoot", SignatureType.ED25519, new byte[32]);

        assertThat(key.verifier().print()).isEqualTo(ENOCH_KEY);
        assertThat(key.sign(TEXT, 0).line()).isEqualTo(ENOCH);
    }
}
