package io.sealpost.relay.integrity;

import java.nio.ByteBuffer;

/**
 * What is a leaf of the log. A message is {@code 01} and the message as sent; one too long for an
 * entry bundle is {@code 03}, its length in four octets and its SHA-256; {@code 02} is metadata.
 */
public final class Entry {
    /** First octet of a message's entry. */
    public static final byte MESSAGE = 1;

    /** First octet of an entry of batch metadata. */
    public static final byte METADATA = 2;

    /** First octet of the entry that stands for a long message. */
    public static final byte LONG_MESSAGE = 3;

    /** Longest message that stands in its entry itself. */
    public static final int MAX_MESSAGE_OCTETS = EntryBundle.MAX_ENTRY_OCTETS - 1;

    private Entry() {}

    /** The entry of the message {@code b[offset, offset + length)}. */
    public static byte[] ofMessage(byte[] b, int offset, int length) {
        if (length > MAX_MESSAGE_OCTETS) {
            return ofLongMessage(new MerkleHash(), b, offset, length);
        }
        byte[] entry = new byte[1 + length];
        entry[0] = MESSAGE;
        System.arraycopy(b, offset, entry, 1, length);
        return entry;
    }

    /** Writes the leaf hash of the message's entry, without making the entry. */
    public static void leafOfMessage(
            MerkleHash hashing, byte[] b, int offset, int length, byte[] out, int at) {
        if (length > MAX_MESSAGE_OCTETS) {
            byte[] entry = ofLongMessage(hashing, b, offset, length);
            hashing.leaf(entry, 0, entry.length, out, at);
        } else {
            hashing.leaf(MESSAGE, b, offset, length, out, at);
        }
    }

    /** The same faster, where the two octets before the message may be overwritten. */
    public static void leafInPlace(
            MerkleHash hashing, byte[] b, int offset, int length, byte[] out, int at) {
        if (length > MAX_MESSAGE_OCTETS) {
            leafOfMessage(hashing, b, offset, length, out, at);
        } else {
            hashing.leafInPlace(MESSAGE, b, offset, length, out, at);
        }
    }

    private static byte[] ofLongMessage(MerkleHash hashing, byte[] b, int offset, int length) {
        byte[] entry = new byte[1 + Integer.BYTES + Hash.OCTETS];
        ByteBuffer.wrap(entry).put(LONG_MESSAGE).putInt(length);
        hashing.plain(b, offset, length, entry, 1 + Integer.BYTES);
        return entry;
    }
}
