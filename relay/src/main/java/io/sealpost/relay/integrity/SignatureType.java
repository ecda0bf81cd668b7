package io.sealpost.relay.integrity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** A kind of signature of a note: the algorithm, and what of the note is signed. */
public enum SignatureType {
    /** Ed25519 over the text, C2SP signed-note. */
    ED25519(1, "Ed25519", 64, "302a300506032b6570032100", 32),

    /** Ed25519 over the text and a time, as witnesses sign checkpoints, C2SP tlog-cosignature. */
    ED25519_COSIGNATURE(4, "Ed25519", 64, "302a300506032b6570032100", 32),

    /** ML-DSA-44 over a checkpoint's values and a time, C2SP tlog-cosignature. */
    ML_DSA_44_COSIGNATURE(
            6, "ML-DSA-44", 2420, "30820532300b06096086480165030403110382052100", 1312);

    private static final byte[] SUBTREE_LABEL =
            "subtree/v1\n\0".getBytes(StandardCharsets.US_ASCII);

    private final byte id;
    private final String algorithm;
    private final int signatureOctets;
    private final String keyPrefix;
    private final int keyOctets;

    /**
     * A type.
     *
     * @param keyPrefix what SubjectPublicKeyInfo has before the octets of the key, in hex
     */
    SignatureType(int id, String algorithm, int signatureOctets, String keyPrefix, int keyOctets) {
        this.id = (byte) id;
        this.algorithm = algorithm;
        this.signatureOctets = signatureOctets;
        this.keyPrefix = keyPrefix;
        this.keyOctets = keyOctets;
    }

    /** The type that a key names by its first octet. */
    static Optional<SignatureType> of(byte id) {
        for (SignatureType type : values()) {
            if (type.id == id) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    byte id() {
        return id;
    }

    /** The name that the JDK has for it. */
    String algorithm() {
        return algorithm;
    }

    /** The same for generators of keys. */
    NamedParameterSpec parameters() {
        return new NamedParameterSpec(algorithm);
    }

    int keyOctets() {
        return keyOctets;
    }

    /** Whether the signature begins with the time at which it was made. */
    boolean hasTime() {
        return this != ED25519;
    }

    /** Octets of a signature, its time included. */
    int octets() {
        return signatureOctets + (hasTime() ? Long.BYTES : 0);
    }

    PublicKey publicKey(byte[] key) throws GeneralSecurityException {
        byte[] prefix = HexFormat.of().parseHex(keyPrefix);
        ByteBuffer encoded = ByteBuffer.allocate(prefix.length + key.length);
        encoded.put(prefix).put(key);
        return KeyFactory.getInstance(algorithm)
                .generatePublic(new X509EncodedKeySpec(encoded.array()));
    }

    /** The octets of a key as the JDK has it. */
    byte[] octetsOf(PublicKey key) {
        byte[] encoded = key.getEncoded();
        return Arrays.copyOfRange(
                encoded, keyPrefix.length() / 2, keyPrefix.length() / 2 + keyOctets);
    }

    /**
     * What is signed.
     *
     * @param text of the note
     * @param time in seconds since 1970
     * @throws NoteFormatException if only checkpoints are signed so, and the text is none
     */
    byte[] message(String keyName, String text, long time) throws NoteFormatException {
        return switch (this) {
            case ED25519 -> NoteText.utf8(text);
            case ED25519_COSIGNATURE -> {
                Checkpoint.parse(text);
                yield NoteText.utf8("cosignature/v1\ntime " + time + '\n' + text);
            }
            case ML_DSA_44_COSIGNATURE -> {
                Checkpoint checkpoint = Checkpoint.parse(text);
                byte[] cosigner = NoteText.utf8(keyName);
                byte[] origin = NoteText.utf8(checkpoint.origin());
                ByteBuffer message =
                        ByteBuffer.allocate(
                                SUBTREE_LABEL.length
                                        + 1
                                        + cosigner.length
                                        + Long.BYTES
                                        + 1
                                        + origin.length
                                        + 2 * Long.BYTES
                                        + Hash.OCTETS);
                message.put(SUBTREE_LABEL).put((byte) cosigner.length).put(cosigner);
                message.putLong(time).put((byte) origin.length).put(origin);
                message.putLong(0).putLong(checkpoint.size()).put(checkpoint.root().octets());
                yield message.array();
            }
        };
    }
}
