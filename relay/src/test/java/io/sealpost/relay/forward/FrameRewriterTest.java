package io.sealpost.relay.forward;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FrameRewriterTest {
    private static final int RUNS = 2000;
    private static final String[] STARTS = {
        "", "<13>1 - - - - - -", "<0>1 2026-11-24T11:59:59Z h a 1 - [x y=\"z\"] ", "\n\0"
    };

    @ParameterizedTest
    @EnumSource
    void any_frames_fit_into_the_length_foreseen_and_come_apart_again(Format format) {
        for (int seed = 0; seed < RUNS; seed++) {
            Random random = new Random(seed);
            byte[][] messages = new byte[1 + random.nextInt(4)][];
            for (int i = 0; i < messages.length; i++) {
                messages[i] = message(random);
            }
            for (Framing framing : Framing.values()) {
                Layout layout = new Layout(format, framing);
                byte[] all = rewrite(new FrameRewriter(layout), messages);

                ByteArrayOutputStream parts = new ByteArrayOutputStream();
                for (byte[] message : messages) {
                    parts.writeBytes(rewrite(new FrameRewriter(layout), message));
                }
                String name = "seed " + seed + " " + layout;
                assertThat(all).as(name).isEqualTo(parts.toByteArray());
                assertThat(count(all, framing)).as(name).isEqualTo(messages.length);
            }
        }
    }

    private static byte[] message(Random random) {
        String start = STARTS[random.nextInt(STARTS.length)];
        StringBuilder message = new StringBuilder(start);
        for (int n = random.nextInt(30); n > 0; n--) {
            message.append((char) random.nextInt(random.nextBoolean() ? 256 : 32));
        }
        return message.toString().getBytes(ISO_8859_1);
    }

    private static byte[] rewrite(FrameRewriter rewriter, byte[]... messages) {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            frames.writeBytes((message.length + " ").getBytes(ISO_8859_1));
            frames.writeBytes(message);
        }
        byte[] to = new byte[rewriter.maxLength(frames.size(), messages.length)];
        int length = rewriter.rewrite(frames.toByteArray(), 0, frames.size(), to, 0);
        return Arrays.copyOf(to, length);
    }

    private static int count(byte[] text, Framing framing) {
        int messages = 0;
        int at = 0;
        while (at < text.length) {
            int size = 0;
            if (framing == Framing.OCTET_COUNTING) {
                for (; text[at] != ' '; at++) {
                    size = size * 10 + text[at] - '0';
                }
            } else {
                while (text[at] != '\n') {
                    at++;
                }
            }
            at += 1 + size;
            messages++;
        }
        assertThat(at).isEqualTo(text.length);
        return messages;
    }
}
