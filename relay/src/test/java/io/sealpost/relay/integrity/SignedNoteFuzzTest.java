package io.sealpost.relay.integrity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts from anywhere: each parser refuses them in the one way it declares, or has read something
 * that it prints again octet for octet.
 */
class SignedNoteFuzzTest {
    private static final int ROUNDS = 4000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void changed_texts_are_refused_or_printed_as_they_were(long seed) throws Exception {
        Random random = new Random(seed);
        List<byte[]> seeds = seeds();
        for (int i = 0; i < ROUNDS; i++) {
            byte[] octets = seeds.get(random.nextInt(seeds.size())).clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                octets = changed(octets, seeds, random);
            }
            parseAll(octets);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 7})
    void random_octets_are_refused(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] octets = new byte[random.nextInt(200)];
            random.nextBytes(octets);
            parseAll(octets);
        }
    }

    private static List<byte[]> seeds() throws IOException, NoteFormatException {
        List<byte[]> seeds = new ArrayList<>();
        SignedNote note = SignedNote.parse(TestFiles.octets("three-signatures.note"));
        String small = new SignedNote(note.text(), note.signatures().subList(0, 2)).print();
        seeds.add(note.encode());
        seeds.add(small.getBytes(UTF_8));
        seeds.add(note.text().getBytes(UTF_8));
        for (String key : TestFiles.lines("three-signatures.vkeys")) {
            seeds.add(key.getBytes(UTF_8));
        }
        String hash = MerkleHash.emptyRoot().base64();
        String proof = "c2sp.org/tlog-proof@v1\nextra AAAA\nindex 7\n" + hash + '\n' + hash;
        seeds.add((proof + "\n\n" + small).getBytes(UTF_8));
        seeds.add("tile/0/x001/x234/067.p/12".getBytes(UTF_8));
        seeds.add(
                "PRIVATE+KEY+a+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                        .getBytes(UTF_8));
        return seeds;
    }

    private static byte[] changed(byte[] octets, List<byte[]> seeds, Random random) {
        int at = random.nextInt(octets.length + 1);
        int to = Math.min(octets.length, at + random.nextInt(5));
        byte[] other = seeds.get(random.nextInt(seeds.size()));
        return switch (random.nextInt(5)) {
            case 0 -> join(octets, at, "\n -+=\u2014A0".substring(at % 8).getBytes(UTF_8), at);
            case 1 -> join(octets, at, new byte[] {(byte) random.nextInt(256)}, to);
            case 2 -> join(octets, at, new byte[0], to);
            case 3 -> Arrays.copyOf(octets, at);
            default -> {
                int from = random.nextInt(other.length);
                yield join(octets, at, Arrays.copyOfRange(other, from, other.length), to);
            }
        };
    }

    private static byte[] join(byte[] octets, int at, byte[] middle, int rest) {
        byte[] joined = Arrays.copyOf(octets, at + middle.length + octets.length - rest);
        System.arraycopy(middle, 0, joined, at, middle.length);
        System.arraycopy(octets, rest, joined, at + middle.length, octets.length - rest);
        return joined;
    }

    private static void parseAll(byte[] octets) {
        String text = new String(octets, UTF_8);
        check(octets, () -> SignedNote.parse(octets).encode());
        check(octets, () -> TlogProof.parse(octets).encode());
        check(text.getBytes(UTF_8), () -> Checkpoint.parse(text).text().getBytes(UTF_8));
        check(text.getBytes(UTF_8), () -> VerifierKey.parse(text).print().getBytes(UTF_8));
        check(text.getBytes(UTF_8), () -> SigningKey.parse(text).printSecret().getBytes(UTF_8));
        check(text.getBytes(UTF_8), () -> NoteSignature.parse(text).line().getBytes(UTF_8));
        if (Tile.parse(text).stream().anyMatch(tile -> !tile.path().equals(text))) {
            throw new AssertionError("other path than " + text);
        }
        EntryBundle.decode(octets)
                .map(Bundles::octets)
                .filter(again -> !Arrays.equals(again, octets))
                .ifPresent(
                        _ -> {
                            throw new AssertionError("other bundle");
                        });
    }

    @FunctionalInterface
    private interface Reading {
        byte[] printed() throws NoteFormatException;
    }

    private static void check(byte[] octets, Reading reading) {
        try {
            if (!Arrays.equals(reading.printed(), octets)) {
                throw new AssertionError("printed otherwise: " + new String(octets, UTF_8));
            }
        } catch (NoteFormatException e) {
            // refused as declared
        }
    }
}
