package io.sealpost.relay.seal;

/**
 * How the log stands.
 *
 * @param origin of the log
 * @param size entries that the newest checkpoint covers
 * @param root of these, base64
 * @param seconds since 1970, when it was signed
 * @param nextSequence of the spool, of the first message that it does not cover
 * @param firstLeaf first entry whose hash was not dropped
 * @param octets of hashes, metadata and checkpoints
 * @param trouble why nothing can be sealed now; empty if it can
 */
public record SealFigures(
        String origin,
        long size,
        String root,
        long seconds,
        long nextSequence,
        long firstLeaf,
        long octets,
        String trouble) {
    /**
     * What is reckoned for a message: 32 octets of leaf hash and an eighth of one above, and the
     * rest for metadata, which depends on how many come together and from whom.
     */
    public static final int OCTETS_PER_MESSAGE = 36;

    static final SealFigures NONE = new SealFigures("", 0, "", 0, 0, 0, 0, "");

    SealFigures failing(String reason) {
        return new SealFigures(
                origin, size, root, seconds, nextSequence, firstLeaf, octets, reason);
    }
}
