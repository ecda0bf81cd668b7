package io.sealpost.relay.route;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** What a header field becomes: always the same, or by what it was. Immutable. */
public final class NameChange {
    /** What {@link #of} answers where the field stays; compared by identity. */
    static final byte[] SAME = {};

    private static final byte[] NIL = {'-'};

    /** Changes nothing. */
    public static final NameChange NONE = new NameChange(Optional.empty(), Map.of());

    private final byte[] always;
    private final byte[][] from;
    private final byte[][] to;

    private NameChange(Optional<String> always, Map<String, String> byName) {
        this.always = always.map(NameChange::octets).orElse(SAME);
        this.from = byName.keySet().stream().map(NameChange::octets).toArray(byte[][]::new);
        this.to = byName.values().stream().map(NameChange::octets).toArray(byte[][]::new);
    }

    /** The field becomes this. */
    public static NameChange to(String value) {
        return new NameChange(Optional.of(value), Map.of());
    }

    /** A field with one of these values, in upper or lower case, becomes what stands there. */
    public static NameChange by(Map<String, String> names) {
        return new NameChange(Optional.empty(), names);
    }

    private static byte[] octets(String value) {
        return value.getBytes(StandardCharsets.US_ASCII);
    }

    /** The new value of the field, or {@link #SAME}. */
    @SuppressWarnings("ReferenceEquality") // SAME says that nothing changes
    byte[] of(byte[] b, int offset, int length) {
        if (length == 0) {
            // a missing one; where it would stand is not known
            return of(NIL, 0, NIL.length);
        }
        byte[] becomes = always;
        for (int i = 0; i < from.length && becomes == SAME; i++) {
            if (isLike(from[i], b, offset, length)) {
                becomes = to[i];
            }
        }
        boolean same =
                becomes == SAME
                        || Arrays.equals(becomes, 0, becomes.length, b, offset, offset + length);
        return same ? SAME : becomes;
    }

    private static boolean isLike(byte[] name, byte[] b, int offset, int length) {
        if (name.length != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (lowerCase(name[i]) != lowerCase(b[offset + i])) {
                return false;
            }
        }
        return true;
    }

    private static int lowerCase(byte octet) {
        return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
    }
}
