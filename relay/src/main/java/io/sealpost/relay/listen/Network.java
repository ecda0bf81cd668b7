package io.sealpost.relay.listen;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** A range of addresses, {@code 10.0.0.0/8} or {@code 2001:db8::/32}. */
public final class Network {
    private final byte[] address;
    private final int prefix;

    private Network(byte[] address, int prefix) {
        this.address = address;
        this.prefix = prefix;
    }

    /**
     * The network of this text; an address without prefix length is that address alone.
     *
     * @throws IllegalArgumentException with a message for the operator
     */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        byte[] address = literal(literal, text);
        int bits = address.length * Byte.SIZE;
        int prefix = slash < 0 ? bits : prefix(text.substring(slash + 1), bits, text);
        return new Network(address, prefix);
    }

    /** Whether the address lies in this network; an IPv4 address never lies in an IPv6 network. */
    public boolean contains(InetAddress candidate) {
        byte[] octets = candidate.getAddress();
        if (octets.length != address.length) {
            return false;
        }
        int whole = prefix / Byte.SIZE;
        if (!Arrays.equals(octets, 0, whole, address, 0, whole)) {
            return false;
        }
        int rest = prefix % Byte.SIZE;
        return rest == 0 || ((octets[whole] ^ address[whole]) & 0xFF) >>> (Byte.SIZE - rest) == 0;
    }

    /** Leading bits that all addresses of this network share. */
    public int prefix() {
        return prefix;
    }

    private static byte[] literal(String literal, String text) {
        // only literals: no name may be looked up here
        boolean numeric = literal.matches("\\d{1,3}(\\.\\d{1,3}){3}") || literal.contains(":");
        try {
            if (numeric && literal.matches("[0-9A-Fa-f:.]+")) {
                return InetAddress.getByName(literal).getAddress();
            }
        } catch (UnknownHostException _) {
            // said below
        }
        throw new IllegalArgumentException(
                text + " is no network; write an address or e.g. 10.0.0.0/8");
    }

    private static int prefix(String digits, int bits, String text) {
        int prefix = digits.matches("\\d{1,3}") ? Integer.parseInt(digits) : -1;
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException(
                    text + " is no network; the prefix length must be 0 to " + bits);
        }
        return prefix;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Network n
                && n.prefix == prefix
                && Arrays.equals(n.address, address);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(address) * 31 + prefix;
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(address).getHostAddress() + "/" + prefix;
        } catch (UnknownHostException e) {
            throw new AssertionError("a parsed address has 4 or 16 octets", e);
        }
    }
}
