package io.sealpost.protocol.relp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Streams in pieces, one ISO 8859-1 character for an octet. */
final class Pieces {
    private Pieces() {}

    static byte[] octets(String text) {
        return text.getBytes(ISO_8859_1);
    }

    static String text(byte[] octets) {
        return new String(octets, ISO_8859_1);
    }

    static byte[] join(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    static List<byte[]> whole(String stream) {
        return List.of(octets(stream));
    }

    static List<byte[]> singly(String stream) {
        return of(octets(stream), 1);
    }

    static List<byte[]> of(byte[] stream, int size) {
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < stream.length; at += size) {
            pieces.add(Arrays.copyOfRange(stream, at, Math.min(stream.length, at + size)));
        }
        return pieces;
    }

    static List<byte[]> random(SplittableRandom random, byte[] stream) {
        List<byte[]> pieces = new ArrayList<>();
        int most = 1 + random.nextInt(40);
        for (int at = 0; at < stream.length; ) {
            int next = Math.min(stream.length, at + random.nextInt(most) + 1);
            pieces.add(Arrays.copyOfRange(stream, at, next));
            at = next;
        }
        return pieces;
    }

    /** Ways to cut a stream that a fuzz target compares with the stream in one piece. */
    static List<List<byte[]>> cuts(byte[] stream) {
        return List.of(of(stream, 1), of(stream, 3), of(stream, Math.max(1, stream.length / 2)));
    }
}
