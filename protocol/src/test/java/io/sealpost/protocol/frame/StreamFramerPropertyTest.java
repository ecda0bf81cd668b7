package io.sealpost.protocol.frame;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Seeded; a failure names the seed. {@code -Dsealpost.seed=N} repeats one. */
class StreamFramerPropertyTest {
    private static final int ROUNDS = 3000;
    private static final int MAX_MESSAGE = 48;
    private static final String[] PIECES = {
        "<34>",
        "<1>",
        "<",
        ">",
        "1",
        "9",
        "32 ",
        "5 <13>",
        "40 <13>",
        "49 <1>",
        "200 <1>",
        "999999999 <1>",
        "0",
        " ",
        "\n",
        "\r\n",
        "\r",
        "\0",
        "text",
        "\u00c3\u00a4",
        "\u00e2\u0082\u00ac",
        "x".repeat(47),
        "\n\n"
    };

    private static long seed() {
        return Long.getLong("sealpost.seed", 1);
    }

    @Test
    void framing_is_independent_of_how_the_stream_is_cut() {
        long seed = seed();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(40); n > 0; n--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            byte[] stream = text.toString().getBytes(ISO_8859_1);
            List<byte[]> pieces = cut(random, stream);

            assertThat(Frames.of(MAX_MESSAGE, pieces))
                    .as("seed %d, round %d: %s", seed, round, text)
                    .hasToString(Frames.of(MAX_MESSAGE, stream).toString());
        }
    }

    @Test
    void good_messages_come_out_whole_in_any_mixture_of_framings() {
        long seed = seed();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder stream = new StringBuilder();
            List<String> expected = new ArrayList<>();
            for (int n = random.nextInt(12); n > 0; n--) {
                String message = message(random);
                expected.add(message);
                if (message.indexOf('\n') >= 0 || random.nextBoolean()) {
                    stream.append(message.length()).append(' ').append(message);
                } else {
                    stream.append(message).append(random.nextBoolean() ? "\n" : "\r\n");
                }
            }

            Frames found =
                    Frames.of(MAX_MESSAGE, cut(random, stream.toString().getBytes(ISO_8859_1)));

            assertThat(found.messages()).as("seed %d, round %d", seed, round).isEqualTo(expected);
            assertThat(found.truncated()).isZero();
        }
    }

    @Test
    void search_for_terminators_agrees_with_a_plain_loop() {
        long seed = seed();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] octets = new byte[random.nextInt(60)];
            random.nextBytes(octets);
            for (int i = 0; i < octets.length; i++) {
                octets[i] =
                        random.nextInt(30) == 0
                                ? (byte) (random.nextInt(2) * 10)
                                : (byte) (octets[i] | 1);
            }
            int from = random.nextInt(octets.length + 1);
            int expected = -1;
            for (int i = octets.length - 1; i >= from; i--) {
                expected = octets[i] == 0 || octets[i] == '\n' ? i : expected;
            }

            assertThat(Terminators.indexIn(octets, from, octets.length))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(expected);
        }
    }

    private static String message(SplittableRandom random) {
        StringBuilder message = new StringBuilder("<" + random.nextInt(192) + ">");
        for (int n = random.nextInt(MAX_MESSAGE - 5); n > 0; n--) {
            message.append((char) (random.nextInt(40) == 0 ? '\n' : ' ' + random.nextInt(200)));
        }
        return message.append('.').toString();
    }

    private static List<byte[]> cut(SplittableRandom random, byte[] stream) {
        List<byte[]> pieces = new ArrayList<>();
        int most = 1 + random.nextInt(30);
        for (int at = 0; at < stream.length; ) {
            int next = Math.min(stream.length, at + random.nextInt(most) + 1);
            pieces.add(Arrays.copyOfRange(stream, at, next));
            at = next;
        }
        return pieces;
    }
}
