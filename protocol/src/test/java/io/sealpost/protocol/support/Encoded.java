package io.sealpost.protocol.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.protocol.encode.MessageEncoder;
import java.util.Arrays;

/**
 * Encodes into the midst of a buffer that has room for the longest result and not an octet more.
 */
public final class Encoded {
    private static final int BEFORE = 3;
    private static final byte FILL = 0x55;

    private Encoded() {}

    /** What the message becomes. */
    public static byte[] by(MessageEncoder encoder, byte[] message) {
        byte[] from = new byte[BEFORE + message.length + 1];
        System.arraycopy(message, 0, from, BEFORE, message.length);
        byte[] to = new byte[BEFORE + encoder.maxLength(message.length)];
        Arrays.fill(to, FILL);

        int written = encoder.encode(from, BEFORE, message.length, to, BEFORE);

        assertThat(Arrays.copyOf(to, BEFORE)).containsOnly(FILL);
        assertThat(Arrays.copyOfRange(to, BEFORE + written, to.length))
                .satisfiesAnyOf(
                        rest -> assertThat(rest).isEmpty(),
                        rest -> assertThat(rest).containsOnly(FILL));
        return Arrays.copyOfRange(to, BEFORE, BEFORE + written);
    }
}
