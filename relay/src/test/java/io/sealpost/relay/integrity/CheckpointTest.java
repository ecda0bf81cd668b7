package io.sealpost.relay.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    private static final String ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    private static final String TEXT = "example.com/behind-the-sofa\n20852163\n" + ROOT + '\n';

    @Test
    void example_of_the_specification_is_read_and_printed() throws NoteFormatException {
        Checkpoint checkpoint = Checkpoint.parse(TEXT);

        assertThat(checkpoint.origin()).isEqualTo("example.com/behind-the-sofa");
        assertThat(checkpoint.size()).isEqualTo(20_852_163);
        assertThat(checkpoint.root().base64()).isEqualTo(ROOT);
        assertThat(checkpoint.text()).isEqualTo(TEXT);
    }

    @Test
    void any_checkpoint_is_read_as_printed() throws NoteFormatException {
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            byte[] root = new byte[Hash.OCTETS];
            random.nextBytes(root);
            long size = random.nextLong(Long.MAX_VALUE) >> random.nextInt(63);
            String origin = "o".repeat(random.nextInt(1, 256));
            Checkpoint checkpoint = new Checkpoint(origin, size, Hash.at(root, 0));
            assertThat(Checkpoint.parse(checkpoint.text())).isEqualTo(checkpoint);
        }
        Checkpoint largest = new Checkpoint("a b", Long.MAX_VALUE, MerkleHash.emptyRoot());
        assertThat(Checkpoint.parse(largest.text())).isEqualTo(largest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "\n\n\n",
                "a\n1\n",
                "a\n1\nROOT",
                "\n1\nROOT\n",
                "a\n\nROOT\n",
                "a\n01\nROOT\n",
                "a\n-1\nROOT\n",
                "a\n+1\nROOT\n",
                "a\n 1\nROOT\n",
                "a\n1 \nROOT\n",
                "a\n1.0\nROOT\n",
                "a\n\u0661\nROOT\n",
                "a\n9223372036854775808\nROOT\n",
                "a\n99999999999999999999\nROOT\n",
                "a\n1\nROOT\nextension\n",
                "a\n1\nROOT\n\n",
                "a\n1\n\nROOT\n",
                "a\r\n1\nROOT\n",
                "a\n1\nROOT \n",
                "a\n1\nAAAA\n",
                "a\n1\n\n",
                "a\u0000\n1\nROOT\n"
            })
    void anything_else_is_no_checkpoint(String pattern) {
        String text = pattern.replace("ROOT", ROOT);
        assertThatThrownBy(() -> Checkpoint.parse(text)).isInstanceOf(NoteFormatException.class);
    }

    @Test
    void root_is_written_in_one_way() {
        for (String root :
                new String[] {
                    ROOT.replace("=", ""), ROOT.replace("2I=", "2J="), ROOT.replace('/', '_')
                }) {
            assertThatThrownBy(() -> Checkpoint.parse("a\n1\n" + root + '\n'))
                    .isInstanceOf(NoteFormatException.class);
        }
    }

    @Test
    void checkpoint_that_could_not_be_read_again_cannot_be_made() {
        Hash root = MerkleHash.emptyRoot();
        for (String origin : new String[] {"", "a\nb", "a\tb", "o".repeat(256), "\ud800"}) {
            assertThatThrownBy(() -> new Checkpoint(origin, 1, root))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Checkpoint.parse(origin + "\n1\n" + ROOT + '\n'))
                    .isInstanceOf(NoteFormatException.class);
        }
        assertThatThrownBy(() -> new Checkpoint("a", -1, root))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
