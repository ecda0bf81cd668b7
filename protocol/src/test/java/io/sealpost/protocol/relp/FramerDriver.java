package io.sealpost.protocol.relp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.List;

/** Writes down what a framer finds in a stream that arrives in pieces. Keeps the rest. */
final class FramerDriver {
    private final RelpFramer framer;
    private final int maxData;
    private final StringBuilder found = new StringBuilder();
    private byte[] rest = new byte[0];
    private boolean malformed;
    private int largestRest;

    FramerDriver(int maxData) {
        this.maxData = maxData;
        framer = new RelpFramer(maxData);
    }

    static String of(int maxData, List<byte[]> pieces) {
        FramerDriver driver = new FramerDriver(maxData);
        pieces.forEach(driver::read);
        return driver.toString();
    }

    static String of(int maxData, String stream) {
        return of(maxData, Pieces.whole(stream));
    }

    void read(byte[] piece) {
        byte[] octets = Pieces.join(rest, piece);
        int from = 0;
        RelpFramer.Result result;
        while ((result = framer.next(octets, from, octets.length)) == RelpFramer.Result.FRAME) {
            take(octets);
            from = framer.consumedTo();
        }
        if (result == RelpFramer.Result.MALFORMED) {
            if (!malformed) {
                found.append("malformed: ").append(framer.reason());
            }
            malformed = true;
            rest = new byte[0];
            return;
        }
        rest = Arrays.copyOfRange(octets, framer.consumedTo(), octets.length);
        largestRest = Math.max(largestRest, rest.length);
        if (rest.length > framer.maxRest()) {
            throw new AssertionError("rest of " + rest.length);
        }
    }

    int largestRest() {
        return largestRest;
    }

    private void take(byte[] octets) {
        if (framer.dataLength() > maxData || (framer.truncated() && !framer.unfinished())) {
            throw new AssertionError("frame of " + framer.dataLength());
        }
        found.append(framer.txnr()).append(' ').append(framer.commandName()).append('[');
        found.append(new String(octets, framer.dataOffset(), framer.dataLength(), ISO_8859_1));
        found.append(framer.truncated() ? "...]" : "]");
    }

    @Override
    public String toString() {
        return found.toString();
    }
}
