package io.sealpost.relay.integrity;

import java.util.Base64;
import java.util.Optional;

/** Base64 of RFC 4648 §4 in the one form that an encoder writes. */
final class StrictBase64 {
    private StrictBase64() {}

    /**
     * The octets, or empty: also where padding is missing, or bits behind the last octet are set.
     */
    static Optional<byte[]> decode(String text) {
        try {
            byte[] octets = Base64.getDecoder().decode(text);
            boolean canonical = Base64.getEncoder().encodeToString(octets).equals(text);
            return canonical ? Optional.of(octets) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
