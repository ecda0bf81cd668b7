package io.sealpost.relay.integrity;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * A signature line of a note: {@code — NAME BASE64}, C2SP signed-note.
 *
 * @param keyName whose signature this is
 * @param base64 of the key id and the signature
 */
public record NoteSignature(String keyName, String base64) {
    /** Octets of a key id. */
    static final int ID_OCTETS = 4;

    private static final String MARK = "\u2014 ";

    /** Well-formed; whether it is right is for {@link VerifierKey} to say. */
    public NoteSignature {
        if (!isWellFormed(keyName, base64)) {
            throw new IllegalArgumentException("signature of " + keyName);
        }
    }

    static NoteSignature of(String keyName, int keyId, byte[] signature) {
        ByteBuffer octets = ByteBuffer.allocate(ID_OCTETS + signature.length);
        octets.putInt(keyId).put(signature);
        return new NoteSignature(keyName, Base64.getEncoder().encodeToString(octets.array()));
    }

    /** The signature of a line without its newline. */
    public static NoteSignature parse(String line) throws NoteFormatException {
        int blank = line.indexOf(' ', MARK.length());
        if (!line.startsWith(MARK) || blank < 0) {
            throw new NoteFormatException("not a signature line");
        }
        String keyName = line.substring(MARK.length(), blank);
        String base64 = line.substring(blank + 1);
        if (!isWellFormed(keyName, base64)) {
            throw new NoteFormatException("not a signature line");
        }
        return new NoteSignature(keyName, base64);
    }

    private static boolean isWellFormed(String keyName, String base64) {
        Optional<byte[]> octets = StrictBase64.decode(base64);
        return NoteText.isKeyName(keyName) && octets.isPresent() && octets.get().length > ID_OCTETS;
    }

    /** The line, without newline. */
    public String line() {
        return MARK + keyName + ' ' + base64;
    }

    /** Which of the keys of this name it is. */
    public int keyId() {
        return ByteBuffer.wrap(octets()).getInt();
    }

    /** What the key has made of the text. */
    public byte[] signature() {
        byte[] octets = octets();
        return Arrays.copyOfRange(octets, ID_OCTETS, octets.length);
    }

    private byte[] octets() {
        return Base64.getDecoder().decode(base64);
    }
}
