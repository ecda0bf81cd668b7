package io.sealpost.relay.integrity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryTest {
    @Test
    void message_is_its_own_entry_behind_one_octet() {
        byte[] b = "..<13>1 - - - - - -..".getBytes(US_ASCII);
        assertThat(Entry.ofMessage(b, 2, 17))
                .isEqualTo("\u0001<13>1 - - - - - -".getBytes(US_ASCII));
        assertThat(Entry.ofMessage(b, 0, 0)).containsExactly(1);
    }

    @Test
    void longest_message_that_a_bundle_takes_stands_in_its_entry() {
        byte[] message = new byte[65_534];
        byte[] entry = Entry.ofMessage(message, 0, message.length);
        assertThat(entry).hasSize(65_535);
        assertThat(Bundles.octets(List.of(entry))).hasSize(65_537);
    }

    @Test
    void longer_message_stands_there_as_length_and_hash() throws GeneralSecurityException {
        byte[] message = new byte[65_535];
        message[7] = 7;
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(message);
        HexFormat hex = HexFormat.of();
        assertThat(hex.formatHex(Entry.ofMessage(message, 0, message.length)))
                .isEqualTo("03" + "0000ffff" + hex.formatHex(hash));
    }

    @Test
    void leaf_of_a_message_is_that_of_its_entry() {
        MerkleHash hashing = new MerkleHash();
        byte[] b = new byte[70_000];
        for (int length : new int[] {0, 1, 200, 65_534, 65_535, 69_990}) {
            byte[] out = new byte[Hash.OCTETS + 3];
            Entry.leafOfMessage(hashing, b, 10, length, out, 3);
            assertThat(Hash.at(out, 3)).isEqualTo(hashing.leaf(Entry.ofMessage(b, 10, length)));
        }
    }

    @Test
    void leaf_made_in_place_is_the_same_and_touches_two_octets_before_alone() {
        for (int length : new int[] {0, 1, 61, 62, 200, 65_534, 65_535}) {
            byte[] b = new byte[length + 5];
            Arrays.fill(b, (byte) '7');
            byte[] sound = b.clone();
            byte[] expected = new byte[Hash.OCTETS];
            byte[] leaf = new byte[Hash.OCTETS];
            MerkleHash hashing = new MerkleHash();

            Entry.leafOfMessage(hashing, b, 3, length, expected, 0);
            Entry.leafInPlace(hashing, b, 3, length, leaf, 0);

            assertThat(leaf).isEqualTo(expected);
            b[1] = '7';
            b[2] = '7';
            assertThat(b).isEqualTo(sound);
        }
    }
}
