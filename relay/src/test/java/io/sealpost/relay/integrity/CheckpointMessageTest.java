package io.sealpost.relay.integrity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CheckpointMessageTest {
    private static final CheckpointMessage.Sender SENDER =
            new CheckpointMessage.Sender("relay1", "77", 32473);

    @Test
    void the_note_comes_back_octet_by_octet() {
        SignedNote note = note("test.example/log");

        byte[] message = CheckpointMessage.of(note, SENDER, 1_800_000_000_000_001L);

        assertThat(new String(message, UTF_8))
                .startsWith(
                        "<110>1 2027-01-15T08:00:00.000001Z relay1 sealpost 77 CKPT"
                                + " [ckpt@32473 o=\"test.example/log\" n=\"3\" r=\"");
        assertThat(find(new String(message, UTF_8)).orElseThrow().encode())
                .isEqualTo(note.encode());
    }

    @Test
    void characters_that_structured_data_escapes_come_back() {
        SignedNote note = note("a\"b\\c]d");

        byte[] message = CheckpointMessage.of(note, SENDER, 0);

        assertThat(find(new String(message, UTF_8))).contains(note);
    }

    @Test
    void the_text_is_enough_where_structured_data_is_left_out() {
        SignedNote note = note("test.example/log");
        String message = new String(CheckpointMessage.of(note, SENDER, 0), UTF_8);
        String text = message.substring(message.indexOf("] checkpoint ") + 2);

        assertThat(find("Jan 15 08:00:00 relay1 sealpost[77]: " + text)).contains(note);
    }

    @Test
    void only_the_signature_that_fits_a_message_is_taken() throws Exception {
        SignedNote ed25519 = note("test.example/log");
        NoteSignature cosignature =
                SigningKey.ofSeed(
                                "test.example/log",
                                SignatureType.ML_DSA_44_COSIGNATURE,
                                new byte[32])
                        .sign(ed25519.text(), 1);
        SignedNote note =
                new SignedNote(ed25519.text(), List.of(cosignature))
                        .with(ed25519.signatures().getFirst());

        byte[] message = CheckpointMessage.of(note, SENDER, 0);

        assertThat(message).hasSizeLessThan(1024);
        assertThat(find(new String(message, UTF_8))).contains(ed25519);
        assertThatThrownBy(
                        () ->
                                CheckpointMessage.element(
                                        new SignedNote(ed25519.text(), List.of(cosignature)), 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void other_lines_have_none() {
        String good = new String(CheckpointMessage.of(note("l"), SENDER, 0), UTF_8);

        assertThat(find("")).isEmpty();
        assertThat(find("<13>1 - - - - - - [ckpt@ in a text")).isEmpty();
        assertThat(find(good.replace("n=\"3\"", "n=\"03\""))).isEmpty();
        assertThat(find(good.replace('\u2014', '-'))).isEmpty();
        assertThat(find(good.replace(" r=", " R="))).isEmpty();
    }

    private static SignedNote note(String origin) {
        try {
            String text = new Checkpoint(origin, 3, MerkleHash.emptyRoot()).text();
            SigningKey key = SigningKey.ofSeed(origin, SignatureType.ED25519, new byte[32]);
            return new SignedNote(text, List.of(key.sign(text, 0)));
        } catch (NoteFormatException e) {
            throw new AssertionError(e);
        }
    }

    private static Optional<SignedNote> find(String line) {
        byte[] octets = ("x" + line).getBytes(UTF_8);
        return CheckpointMessage.find(octets, 1, octets.length - 1);
    }
}
