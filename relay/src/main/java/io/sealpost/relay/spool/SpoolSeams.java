package io.sealpost.relay.spool;

import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;

/** What tests replace: planted bugs, the source of salts, the size of batches. */
record SpoolSeams(Set<Flaw> flaws, Supplier<byte[]> salts, int batchBytes) {
    /** Holds 400,000 datagrams a second of 200 octets through the 20 ms that a slow sync takes. */
    private static final int BATCH_BYTES = 3 << 20;

    private static final SecureRandom RANDOM = new SecureRandom();

    static SpoolSeams production(SpoolSettings settings) {
        return new SpoolSeams(EnumSet.noneOf(Flaw.class), SpoolSeams::salt, batchBytes(settings));
    }

    /** A small spool or segment gets small batches: no commit is to overshoot it by much. */
    private static int batchBytes(SpoolSettings settings) {
        long wanted = Math.min(BATCH_BYTES, settings.segmentBytes());
        return (int) Math.max(wanted, 4L * settings.maxMessageBytes());
    }

    private static byte[] salt() {
        byte[] salt = new byte[SegmentHeader.SALT_LENGTH];
        RANDOM.nextBytes(salt);
        return salt;
    }

    boolean has(Flaw flaw) {
        return flaws.contains(flaw);
    }
}
