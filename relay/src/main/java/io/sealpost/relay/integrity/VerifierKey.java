package io.sealpost.relay.integrity;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.OptionalLong;

/** A public key with its name: {@code NAME+ID+BASE64}, C2SP signed-note, Verifier keys. */
public final class VerifierKey {
    /** Longest name, in octets: an ML-DSA-44 cosignature can have no longer one. */
    public static final int MAX_NAME_OCTETS = 255;

    private static final HexFormat HEX = HexFormat.of();

    private final String name;
    private final SignatureType type;
    private final byte[] octets;
    private final PublicKey key;
    private final int id;

    private VerifierKey(String name, SignatureType type, byte[] octets, PublicKey key) {
        this.name = name;
        this.type = type;
        this.octets = octets;
        this.key = key;
        this.id = id(name, typed(type, octets));
    }

    /** The key of these octets, as the type's standard has them. */
    static VerifierKey of(String name, SignatureType type, byte[] octets)
            throws NoteFormatException {
        if (!NoteText.isKeyName(name) || NoteText.utf8(name).length > MAX_NAME_OCTETS) {
            throw new NoteFormatException("not the name of a key");
        }
        if (octets.length != type.keyOctets()) {
            throw new NoteFormatException("not the length of a key");
        }
        try {
            PublicKey key = type.publicKey(octets);
            Signature.getInstance(type.algorithm()).initVerify(key);
            return new VerifierKey(name, type, octets.clone(), key);
        } catch (GeneralSecurityException e) {
            throw new NoteFormatException("not a key: " + e.getMessage());
        }
    }

    /** The key of this text. Its id must be the one that the rest gives. */
    public static VerifierKey parse(String text) throws NoteFormatException {
        String[] parts = text.split("\\+", 3);
        if (parts.length != 3) {
            throw new NoteFormatException("not NAME+ID+KEY");
        }
        byte[] typed =
                StrictBase64.decode(parts[2])
                        .filter(b -> b.length > 0)
                        .orElseThrow(() -> new NoteFormatException("key is not base64"));
        SignatureType type =
                SignatureType.of(typed[0])
                        .orElseThrow(() -> new NoteFormatException("key of unknown type"));
        VerifierKey key = of(parts[0], type, Arrays.copyOfRange(typed, 1, typed.length));
        if (!HEX.toHexDigits(key.id).equals(parts[1])) {
            throw new NoteFormatException("key and its id differ");
        }
        return key;
    }

    static int id(String name, byte[] typedKey) {
        byte[] nameOctets = NoteText.utf8(name);
        ByteBuffer hashed = ByteBuffer.allocate(nameOctets.length + 1 + typedKey.length);
        hashed.put(nameOctets).put((byte) '\n').put(typedKey);
        byte[] hash = new byte[Hash.OCTETS];
        new MerkleHash().plain(hashed.array(), 0, hashed.capacity(), hash, 0);
        return ByteBuffer.wrap(hash).getInt();
    }

    static byte[] typed(SignatureType type, byte[] key) {
        return ByteBuffer.allocate(1 + key.length).put(type.id()).put(key).array();
    }

    /** The same key under another name, and so with another id. */
    public VerifierKey renamed(String other) throws NoteFormatException {
        return of(other, type, octets);
    }

    /** Whose key it is. */
    public String name() {
        return name;
    }

    /** What it signs, and how. */
    public SignatureType type() {
        return type;
    }

    /** Which of the keys of this name it is. */
    public int id() {
        return id;
    }

    /** Whether a signature claims to be of this key. */
    public boolean isNamedBy(NoteSignature signature) {
        return signature.keyName().equals(name) && signature.keyId() == id;
    }

    /** Whether the signature of the text is by this key. */
    public boolean verifies(String text, NoteSignature signature) {
        byte[] signed = signature.signature();
        if (!isNamedBy(signature) || signed.length != type.octets()) {
            return false;
        }
        try {
            long time = type.hasTime() ? ByteBuffer.wrap(signed).getLong() : 0;
            int start = type.hasTime() ? Long.BYTES : 0;
            Signature verifying = Signature.getInstance(type.algorithm());
            verifying.initVerify(key);
            verifying.update(type.message(name, text, time));
            return time >= 0 && verifying.verify(signed, start, signed.length - start);
        } catch (GeneralSecurityException | NoteFormatException e) {
            return false;
        }
    }

    /**
     * When a signature by this key was made, in seconds since 1970, as the key says; empty where
     * its type has no time. Zero where the signer makes no statement.
     */
    public OptionalLong time(NoteSignature signature) {
        byte[] signed = signature.signature();
        return type.hasTime() && signed.length == type.octets()
                ? OptionalLong.of(ByteBuffer.wrap(signed).getLong())
                : OptionalLong.empty();
    }

    /** The key as text, to be given to whoever verifies. */
    public String print() {
        String base64 = Base64.getEncoder().encodeToString(typed(type, octets));
        return name + '+' + HEX.toHexDigits(id) + '+' + base64;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerifierKey that
                && name.equals(that.name)
                && type == that.type
                && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + id;
    }

    @Override
    public String toString() {
        return print();
    }
}
