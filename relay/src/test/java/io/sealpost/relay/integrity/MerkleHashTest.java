package io.sealpost.relay.integrity;

import static io.sealpost.relay.integrity.MemoryTree.hex;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MerkleHashTest {
    private final MerkleHash hashing = new MerkleHash();

    @Test
    void root_of_nothing_and_known_leaves_are_as_published() {
        assertThat(hex(MerkleHash.emptyRoot()))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(hex(hashing.leaf(new byte[0])))
                .isEqualTo("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        assertThat(hex(hashing.leaf("L123456".getBytes(US_ASCII))))
                .isEqualTo("395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
    }

    @Test
    void node_may_be_written_over_a_child() {
        Hash left = hashing.leaf(new byte[] {1});
        Hash right = hashing.leaf(new byte[] {2});
        byte[] both = new byte[2 * Hash.OCTETS];
        left.copyTo(both, 0);
        right.copyTo(both, Hash.OCTETS);

        hashing.node(both, 0, both, Hash.OCTETS, both, Hash.OCTETS);

        assertThat(Hash.at(both, Hash.OCTETS)).isEqualTo(hashing.node(left, right));
    }

    @Test
    void leaf_in_the_middle_of_an_array_is_hashed_alone() {
        byte[] b = "..L123456..".getBytes(US_ASCII);
        byte[] out = new byte[40];

        hashing.leaf(b, 2, 7, out, 5);

        assertThat(Hash.at(out, 5)).isEqualTo(hashing.leaf("L123456".getBytes(US_ASCII)));
        assertThat(out).startsWith(0, 0, 0, 0, 0).endsWith(0, 0, 0);
    }

    @Test
    void root_over_hashes_in_a_row_is_that_of_the_growing_tree() {
        MemoryTree tree = MemoryTree.ofNumbers(300);
        for (int size = 0; size <= tree.size(); size++) {
            byte[] hashes = new byte[size * Hash.OCTETS];
            for (int i = 0; i < size; i++) {
                tree.leaf(i).copyTo(hashes, i * Hash.OCTETS);
            }
            assertThat(hashing.root(hashes, size)).isEqualTo(tree.root(size));
        }
    }

    @Test
    void place_too_small_for_a_hash_is_refused() {
        assertThatThrownBy(() -> hashing.leaf(new byte[1], 0, 1, new byte[31], 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void base64_of_a_hash_is_taken_in_one_form_only() {
        Hash hash = hashing.leaf(new byte[0]);
        String base64 = hash.base64();

        assertThat(Hash.ofBase64(base64)).contains(hash);
        List<String> wrong = new ArrayList<>(List.of("", "=", "AAAA", base64 + "AAAA"));
        wrong.add(base64.substring(0, base64.length() - 1));
        wrong.add(base64 + "\n");
        wrong.add(" " + base64);
        wrong.add(base64.replace("=", "") + "==");
        // The last character before the padding carries two bits that belong to no octet.
        char last = base64.charAt(42);
        wrong.add(base64.substring(0, 42) + (char) (last + 1) + "=");
        wrong.add("\u00e9" + base64.substring(1));
        assertThat(wrong).allSatisfy(text -> assertThat(Hash.ofBase64(text)).isEmpty());
    }
}
