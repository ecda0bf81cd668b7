package io.sealpost.relay.integrity;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A private key with its name, kept as {@code PRIVATE+KEY+NAME+ID+BASE64} with the id of the public
 * key, as programs around signed notes keep theirs. Its octets are the seed of 32 octets that RFC
 * 8032 §5.1.5 and FIPS 204 §6.1 make a pair of.
 */
public final class SigningKey {
    /*
     * The JDK makes a pair from a seed only by its generators, which draw the seed, and nothing else,
     * from the random numbers they are given (SeedOnly refuses anything else). Should a JDK do
     * otherwise, the public key is another, its id differs from the one that is kept, and the key is
     * refused. PKCS #8 would keep 2,560 octets for ML-DSA-44, and no public key.
     */

    private static final String PREFIX = "PRIVATE+KEY+";
    private static final int SEED_OCTETS = 32;
    private static final HexFormat HEX = HexFormat.of();

    private final byte[] seed;
    private final PrivateKey key;
    private final VerifierKey verifier;

    private SigningKey(byte[] seed, PrivateKey key, VerifierKey verifier) {
        this.seed = seed;
        this.key = key;
        this.verifier = verifier;
    }

    /** A new key. */
    public static SigningKey generate(String name, SignatureType type, SecureRandom random)
            throws NoteFormatException {
        byte[] seed = new byte[SEED_OCTETS];
        random.nextBytes(seed);
        return ofSeed(name, type, seed);
    }

    static SigningKey ofSeed(String name, SignatureType type, byte[] seed)
            throws NoteFormatException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(type.algorithm());
            SeedOnly random = new SeedOnly(seed);
            generator.initialize(type.parameters(), random);
            KeyPair pair = generator.generateKeyPair();
            VerifierKey verifier = VerifierKey.of(name, type, type.octetsOf(pair.getPublic()));
            return new SigningKey(seed.clone(), pair.getPrivate(), verifier);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("JDK without " + type.algorithm(), e);
        }
    }

    /** The key of this text. */
    public static SigningKey parse(String text) throws NoteFormatException {
        if (!text.startsWith(PREFIX)) {
            throw new NoteFormatException("not a private key");
        }
        String[] parts = text.substring(PREFIX.length()).split("\\+", 3);
        if (parts.length != 3) {
            throw new NoteFormatException("not NAME+ID+SEED");
        }
        byte[] typed =
                StrictBase64.decode(parts[2])
                        .filter(b -> b.length == 1 + SEED_OCTETS)
                        .orElseThrow(() -> new NoteFormatException("not a private key's seed"));
        SignatureType type =
                SignatureType.of(typed[0])
                        .orElseThrow(() -> new NoteFormatException("key of unknown type"));
        SigningKey key = ofSeed(parts[0], type, Arrays.copyOfRange(typed, 1, typed.length));
        if (!HEX.toHexDigits(key.verifier.id()).equals(parts[1])) {
            throw new NoteFormatException("private key and its id differ");
        }
        return key;
    }

    /** The public key. */
    public VerifierKey verifier() {
        return verifier;
    }

    /** The same key under another name, and so with another id. */
    SigningKey renamed(String name) throws NoteFormatException {
        return ofSeed(name, verifier.type(), seed);
    }

    /** The key as text. It is a secret. */
    public String printSecret() {
        String base64 =
                Base64.getEncoder().encodeToString(VerifierKey.typed(verifier.type(), seed));
        return PREFIX + verifier.name() + '+' + HEX.toHexDigits(verifier.id()) + '+' + base64;
    }

    /**
     * Signs the text of a note.
     *
     * @param time in seconds since 1970; part of cosignatures alone, where 0 makes no statement
     * @throws NoteFormatException if this type of key signs checkpoints and the text is none
     */
    public NoteSignature sign(String text, long time) throws NoteFormatException {
        if (time < 0) {
            throw new IllegalArgumentException("time " + time);
        }
        SignatureType type = verifier.type();
        byte[] message = type.message(verifier.name(), text, time);
        try {
            Signature signing = Signature.getInstance(type.algorithm());
            signing.initSign(key);
            signing.update(message);
            byte[] signature = signing.sign();
            ByteBuffer signed = ByteBuffer.allocate(type.octets());
            if (type.hasTime()) {
                signed.putLong(time);
            }
            signed.put(signature);
            return NoteSignature.of(verifier.name(), verifier.id(), signed.array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign", e);
        }
    }

    /** Shows the public key. */
    @Override
    public String toString() {
        return "private key of " + verifier;
    }

    /** Random numbers of which the seed is all. */
    private static final class SeedOnly extends SecureRandom {
        private static final long serialVersionUID = 1;

        private transient byte[] seed;

        SeedOnly(byte[] seed) {
            this.seed = seed;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            if (bytes.length != seed.length) {
                throw new IllegalStateException("JDK asks for " + bytes.length + " octets of seed");
            }
            System.arraycopy(seed, 0, bytes, 0, seed.length);
            seed = new byte[0];
        }
    }
}
