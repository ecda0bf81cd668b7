package io.sealpost.protocol.parse;

/** Recognises IP addresses in text. */
final class Addresses {
    private static final int GROUPS = 8;

    private Addresses() {}

    /** Whether {@code b[p, end)} is an IPv4 or IPv6 address. */
    static boolean isAddress(byte[] b, int p, int end) {
        return isIpv4(b, p, end) || isIpv6(b, p, end);
    }

    /** Whether {@code b[p, end)} is four numbers of 0 to 255 with points. */
    static boolean isIpv4(byte[] b, int p, int end) {
        int q = p;
        for (int part = 0; part < 4; part++) {
            if (part > 0) {
                if (!Octets.isAt(b, q, end, '.')) {
                    return false;
                }
                q++;
            }
            int from = q;
            int value = 0;
            while (q < end && q - from < 3 && Octets.digit(b[q])) {
                value = value * 10 + b[q] - '0';
                q++;
            }
            if (q == from || value > 255) {
                return false;
            }
        }
        return q == end;
    }

    /** Whether {@code b[p, end)} is an IPv6 address as in RFC 4291 §2.2. */
    static boolean isIpv6(byte[] b, int p, int end) {
        if (end - p < 2 || end - p > 45) {
            return false;
        }
        int q = p;
        int groups = 0;
        boolean gap = false;
        if (b[q] == ':') {
            if (b[q + 1] != ':') {
                return false;
            }
            gap = true;
            q += 2;
        }
        while (q < end) {
            int from = q;
            q = hexEnd(b, q, end);
            if (Octets.isAt(b, q, end, '.')) {
                groups += 2;
                return isIpv4(b, from, end) && complete(groups, gap);
            }
            if (q == from) {
                return false;
            }
            groups++;
            if (q == end) {
                break;
            }
            if (b[q] != ':' || q + 1 == end) {
                return false;
            }
            q++;
            if (b[q] == ':') {
                if (gap) {
                    return false;
                }
                gap = true;
                q++;
            }
        }
        return complete(groups, gap);
    }

    private static boolean complete(int groups, boolean gap) {
        return gap ? groups < GROUPS : groups == GROUPS;
    }

    private static int hexEnd(byte[] b, int p, int end) {
        int q = p;
        while (q < end && q - p < 4 && Character.digit(b[q], 16) >= 0) {
            q++;
        }
        return q;
    }
}
