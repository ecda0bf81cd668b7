package io.sealpost.relay.integrity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sealpost.relay.integrity.SignedNote.Verdict;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignedNoteTest {
    /** The example of the specification. */
    private static final String KEY =
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    private static final String LINE =
            "\u2014 example.com/foo"
                    + " Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1E"
                    + "RYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=";

    private static final String TEXT = "This is an example message.\n";
    private static final String NOTE = TEXT + '\n' + LINE + '\n';

    /** In the order of the files. */
    private static final List<SignatureType> TYPES =
            List.of(
                    SignatureType.ED25519,
                    SignatureType.ED25519_COSIGNATURE,
                    SignatureType.ML_DSA_44_COSIGNATURE);

    private static final String CHECKPOINT =
            new Checkpoint("example.com/log", 7, MerkleHash.emptyRoot()).text();

    @Test
    void example_of_the_specification_verifies() throws NoteFormatException {
        VerifierKey key = VerifierKey.parse(KEY);
        SignedNote note = SignedNote.parse(NOTE.getBytes(UTF_8));

        assertThat(key.name()).isEqualTo("example.com/foo");
        assertThat(key.id()).isEqualTo(0x530d903a);
        assertThat(key.type()).isEqualTo(SignatureType.ED25519);
        assertThat(key.print()).isEqualTo(KEY);
        assertThat(note.text()).isEqualTo(TEXT);
        assertThat(note.signatures()).hasSize(1);
        assertThat(note.verdict(key)).isEqualTo(Verdict.VALID);
        assertThat(note.print()).isEqualTo(NOTE);
        assertThat(key.time(note.signatures().getFirst())).isEmpty();
    }

    @Test
    void note_of_another_program_verifies_with_each_of_its_keys() throws Exception {
        byte[] octets = TestFiles.octets("three-signatures.note");
        SignedNote note = SignedNote.parse(octets);
        List<String> keys = TestFiles.lines("three-signatures.vkeys");

        assertThat(note.encode()).isEqualTo(octets);
        for (int i = 0; i < TYPES.size(); i++) {
            VerifierKey key = VerifierKey.parse(keys.get(i));
            assertThat(key.type()).isEqualTo(TYPES.get(i));
            assertThat(key.print()).isEqualTo(keys.get(i));
            assertThat(note.verdict(key)).isEqualTo(Verdict.VALID);
            NoteSignature signature = note.signatures().get(i);
            assertThat(key.isNamedBy(signature)).isTrue();
            if (key.type().hasTime()) {
                assertThat(key.time(signature)).hasValue(1_764_338_400);
            }
        }
    }

    @Test
    void seed_makes_the_keys_that_it_makes_elsewhere() throws Exception {
        byte[] seed = new byte[32];
        for (int i = 0; i < seed.length; i++) {
            seed[i] = (byte) i;
        }
        List<String> keys = TestFiles.lines("three-signatures.vkeys");
        for (int i = 0; i < TYPES.size(); i++) {
            SigningKey key = SigningKey.ofSeed("relay.example/sealpost/1", TYPES.get(i), seed);
            assertThat(key.verifier().print()).isEqualTo(keys.get(i));
        }
    }

    @Test
    void ed25519_signature_is_the_one_of_rfc_8032() throws Exception {
        // RFC 8032 §7.1, TEST 1, is over nothing; its key pair is checked here.
        byte[] seed =
                HexFormat.of()
                        .parseHex(
                                "9d61b19deffd5a60ba844af492ec2cc4"
                                        + "4449c5697b326919703bac031cae7f60");
        SigningKey key = SigningKey.ofSeed("a", SignatureType.ED25519, seed);
        byte[] typed = StrictBase64.decode(key.verifier().print().split("\\+", 3)[2]).orElseThrow();
        assertThat(HexFormat.of().formatHex(typed))
                .isEqualTo(
                        "01d75a980182b10ab7d54bfed3c964073a" + "0ee172f3daa62325af021a68f707511a");
    }

    @ParameterizedTest
    @EnumSource(SignatureType.class)
    void signature_verifies_until_anything_changes(SignatureType type) throws NoteFormatException {
        SigningKey key = SigningKey.generate("example.com/k", type, new SecureRandom());
        NoteSignature signature = key.sign(CHECKPOINT, 1234);
        SignedNote note = new SignedNote(CHECKPOINT, List.of(signature));

        assertThat(note.verdict(key.verifier())).isEqualTo(Verdict.VALID);
        assertThat(SignedNote.parse(note.encode())).isEqualTo(note);
        byte[] signed = signature.signature();
        assertThat(signed).hasSize(type.octets());
        Random random = new Random(1);
        for (int i = 0; i < 30; i++) {
            byte[] flipped = signed.clone();
            int bit = random.nextInt(8 * signed.length);
            flipped[bit / 8] = (byte) (flipped[bit / 8] ^ (1 << bit % 8));
            NoteSignature other = NoteSignature.of("example.com/k", key.verifier().id(), flipped);
            assertThat(new SignedNote(CHECKPOINT, List.of(other)).verdict(key.verifier()))
                    .isEqualTo(Verdict.INVALID);
        }
        String otherText = CHECKPOINT.replace("\n7\n", "\n8\n");
        assertThat(new SignedNote(otherText, List.of(signature)).verdict(key.verifier()))
                .isEqualTo(Verdict.INVALID);
        String otherLog = CHECKPOINT.replace("/log", "/lag");
        assertThat(new SignedNote(otherLog, List.of(signature)).verdict(key.verifier()))
                .isEqualTo(Verdict.INVALID);
        assertThat(new SignedNote("text\n", List.of(signature)).verdict(key.verifier()))
                .isEqualTo(Verdict.INVALID);
    }

    @ParameterizedTest
    @EnumSource(SignatureType.class)
    void signature_cut_or_lengthened_is_invalid(SignatureType type) throws NoteFormatException {
        SigningKey key = SigningKey.generate("example.com/k", type, new SecureRandom());
        byte[] signed = key.sign(CHECKPOINT, 0).signature();
        for (int length : new int[] {1, 7, 8, 9, signed.length - 1, signed.length + 1}) {
            NoteSignature other =
                    NoteSignature.of(
                            "example.com/k", key.verifier().id(), Arrays.copyOf(signed, length));
            assertThat(key.verifier().verifies(CHECKPOINT, other)).isFalse();
            assertThat(key.verifier().time(other)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(SignatureType.class)
    void private_key_is_kept_as_text(SignatureType type) throws NoteFormatException {
        SigningKey key = SigningKey.generate("example.com/k", type, new SecureRandom());
        SigningKey again = SigningKey.parse(key.printSecret());

        assertThat(again.verifier()).isEqualTo(key.verifier());
        assertThat(again.printSecret()).isEqualTo(key.printSecret());
        assertThat(key.verifier().verifies(CHECKPOINT, again.sign(CHECKPOINT, 1))).isTrue();
        String secret = key.printSecret().split("\\+", 5)[4]; // has such signs itself
        assertThat(key.toString()).doesNotContain(secret);
    }

    @Test
    void damaged_private_key_is_refused() throws NoteFormatException {
        String text =
                SigningKey.generate("k", SignatureType.ML_DSA_44_COSIGNATURE, new SecureRandom())
                        .printSecret();
        for (int i = 0; i < text.length(); i++) {
            char other = text.charAt(i) == 'A' ? 'B' : 'A';
            String damaged = text.substring(0, i) + other + text.substring(i + 1);
            assertThatThrownBy(() -> SigningKey.parse(damaged))
                    .isInstanceOf(NoteFormatException.class);
            String cut = text.substring(0, i);
            assertThatThrownBy(() -> SigningKey.parse(cut)).isInstanceOf(NoteFormatException.class);
        }
    }

    @Test
    void one_name_may_sign_in_several_ways() throws NoteFormatException {
        SecureRandom random = new SecureRandom();
        SigningKey first = SigningKey.generate("k", SignatureType.ED25519, random);
        SigningKey second = SigningKey.generate("k", SignatureType.ML_DSA_44_COSIGNATURE, random);
        SigningKey third = SigningKey.generate("k", SignatureType.ED25519, random);
        SignedNote note =
                new SignedNote(CHECKPOINT, List.of(first.sign(CHECKPOINT, 0)))
                        .with(second.sign(CHECKPOINT, 0));

        assertThat(note.verdict(first.verifier())).isEqualTo(Verdict.VALID);
        assertThat(note.verdict(second.verifier())).isEqualTo(Verdict.VALID);
        assertThat(note.verdict(third.verifier())).isEqualTo(Verdict.ABSENT);
    }

    @Test
    void good_signature_does_not_make_up_for_a_bad_one() throws NoteFormatException {
        SigningKey key = SigningKey.generate("k", SignatureType.ED25519, new SecureRandom());
        NoteSignature good = key.sign(CHECKPOINT, 0);
        NoteSignature bad = key.sign("other\n", 0);
        assertThat(new SignedNote(CHECKPOINT, List.of(good, bad)).verdict(key.verifier()))
                .isEqualTo(Verdict.INVALID);
        assertThat(new SignedNote(CHECKPOINT, List.of(good, good)).verdict(key.verifier()))
                .isEqualTo(Verdict.VALID);
    }

    @Test
    void cosigner_signs_checkpoints_alone() throws NoteFormatException {
        SigningKey key =
                SigningKey.generate("k", SignatureType.ML_DSA_44_COSIGNATURE, new SecureRandom());
        assertThatThrownBy(() -> key.sign(TEXT, 0)).isInstanceOf(NoteFormatException.class);
        assertThatThrownBy(() -> key.sign(CHECKPOINT, -1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void time_before_1970_is_not_verified() throws NoteFormatException {
        SigningKey key =
                SigningKey.generate("k", SignatureType.ED25519_COSIGNATURE, new SecureRandom());
        byte[] signed = key.sign(CHECKPOINT, 5).signature();
        signed[0] = (byte) 0x80;
        NoteSignature negative = NoteSignature.of("k", key.verifier().id(), signed);
        assertThat(key.verifier().verifies(CHECKPOINT, negative)).isFalse();
    }

    @Test
    void text_may_have_empty_lines_and_look_like_signatures() throws NoteFormatException {
        String text = LINE + "\n\n\n" + LINE + '\n';
        SigningKey key = SigningKey.generate("k", SignatureType.ED25519, new SecureRandom());
        SignedNote note = new SignedNote(text, List.of(key.sign(text, 0)));

        SignedNote again = SignedNote.parse(note.encode());

        assertThat(again).isEqualTo(note);
        assertThat(again.verdict(key.verifier())).isEqualTo(Verdict.VALID);
    }

    @Test
    void note_has_as_many_signatures_as_the_format_asks_for_and_not_without_limit()
            throws NoteFormatException {
        NoteSignature signature = NoteSignature.parse(LINE);
        int most = SignedNote.MAX_SIGNATURES;
        SignedNote note = new SignedNote(TEXT, Collections.nCopies(most, signature));
        assertThat(SignedNote.parse(note.encode()).signatures()).hasSize(most);
        assertRefused(note.print() + LINE + '\n');
        assertThatThrownBy(() -> note.with(signature)).isInstanceOf(IllegalArgumentException.class);
        assertRefused("x".repeat(SignedNote.MAX_OCTETS) + '\n' + NOTE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "\n\n",
                "text\n",
                "text\n\n",
                "text\n\n\n",
                "text\n\n\u2014 a",
                "text\n\n\u2014 a AAAAAAA=",
                "text\n\u2014 a AAAAAAA=\n",
                "\n\u2014 a AAAAAAA=\n",
                "text\n\n- a AAAAAAA=\n",
                "text\n\n\u2013 a AAAAAAA=\n",
                "text\n\n\u2014a AAAAAAA=\n",
                "text\n\n\u2014  AAAAAAA=\n",
                "text\n\n\u2014 a  AAAAAAA=\n",
                "text\n\n\u2014 a AAAAAAA=  \n",
                "text\n\n\u2014 a AAAAAAA= b\n",
                "text\n\n\u2014 a AAAAAAA\n",
                "text\n\n\u2014 a AAAAAAB=\n",
                "text\n\n\u2014 a AAAAAA==\n",
                "text\n\n\u2014 a \n",
                "text\n\n\u2014 a\n",
                "text\n\n\u2014 a AAAAAAA=\ntext\n",
                "text\n\n\u2014 a AAAAAAA=\r\n",
                "text\r\n\n\u2014 a AAAAAAA=\n",
                "te\txt\n\n\u2014 a AAAAAAA=\n",
                "te\u0000xt\n\n\u2014 a AAAAAAA=\n",
                "text\n\n\u2014 a+b AAAAAAA=\n",
                "text\n\n\u2014 a\u00a0b AAAAAAA=\n",
                "text\n\n\u2014 a\u0085b AAAAAAA=\n",
                "text\n\n\u2014 a\u2003b AAAAAAA=\n",
                "text\n\n\u2014 a\u3000b AAAAAAA=\n"
            })
    void anything_else_is_no_note(String note) {
        assertRefused(note);
    }

    @Test
    void smallest_notes_are_notes() throws NoteFormatException {
        assertThat(SignedNote.parse("\n\n\u2014 a AAAAAAA=\n".getBytes(UTF_8)).text())
                .isEqualTo("\n");
        assertThat(SignedNote.parse("text\n\n\u2014 \u00e9 AAAAAAA=\n".getBytes(UTF_8)))
                .isEqualTo(
                        new SignedNote("text\n", List.of(new NoteSignature("\u00e9", "AAAAAAA="))));
    }

    @Test
    void note_that_could_not_be_read_again_cannot_be_made() throws NoteFormatException {
        List<NoteSignature> signatures = List.of(NoteSignature.parse(LINE));
        for (String text : List.of("", "text", "te\rxt\n", "te\ud800xt\n", "\u0000\n")) {
            assertThatThrownBy(() -> new SignedNote(text, signatures))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new SignedNote("text\n", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new NoteSignature("a b", "AAAAAAA="))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "+",
                "++",
                "example.com/foo",
                "example.com/foo+530d903a",
                "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                "example.com/foo+530d903a+",
                "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                "example.com/foo+0530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
                "example.com/foo+530d903a+BekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",
                "example.com/foo+530d903a+/////////////////////////////////////////////"
            })
    void anything_else_is_no_key(String key) {
        assertThatThrownBy(() -> VerifierKey.parse(key)).isInstanceOf(NoteFormatException.class);
    }

    @Test
    void octets_that_are_no_point_are_no_key() {
        byte[] octets = new byte[32];
        int refused = 0;
        for (int i = 0; i < 50; i++) {
            octets[0] = (byte) i;
            try {
                VerifierKey key = VerifierKey.of("k", SignatureType.ED25519, octets);
                assertThat(key.verifies(TEXT, NoteSignature.of("k", key.id(), new byte[64])))
                        .isIn(true, false);
            } catch (NoteFormatException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(10, 40);
    }

    private static void assertRefused(String note) {
        assertThatThrownBy(() -> SignedNote.parse(note.getBytes(UTF_8)))
                .isInstanceOf(NoteFormatException.class);
        // and as octets that are no UTF-8
        byte[] latin = (note + "\u00e9").getBytes(ISO_8859_1);
        assertThatThrownBy(() -> SignedNote.parse(latin)).isInstanceOf(NoteFormatException.class);
    }
}
