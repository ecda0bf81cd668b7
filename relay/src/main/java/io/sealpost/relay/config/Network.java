package io.sealpost.relay.config;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A network: an address and the number of leading bits that count. */
public record Network(InetAddress address, int prefix) {
    private static final Pattern TEXT = Pattern.compile("([0-9A-Fa-f:.]+)(?:/(\\d{1,3}))?");
    private static final Pattern IPV4 = Pattern.compile("(?:(?:0|[1-9]\\d{0,2})(?:\\.(?!$)|$)){4}");

    /** Reads {@code 10.0.0.0/8}, {@code 2001:db8::/32} or a single address. */
    static Network parse(String text) throws BadValueException {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new BadValueException(
                    "\"" + text + "\" is no network", "write \"10.0.0.0/8\" or \"2001:db8::/32\"");
        }
        InetAddress address = address(matcher.group(1));
        int bits = address.getAddress().length * 8;
        String length = matcher.group(2);
        int prefix = length == null ? bits : Integer.parseInt(length);
        if (prefix > bits) {
            throw new BadValueException(
                    "\"" + text + "\" has more than " + bits + " bits",
                    "write \"" + address.getHostAddress() + "/" + bits + "\" for one host");
        }
        Network network = new Network(address, prefix);
        if (!network.hostBitsAreZero()) {
            throw new BadValueException(
                    "\"" + text + "\" has bits set behind its prefix",
                    "write a smaller prefix, \"/" + bits + "\" for one host");
        }
        return network;
    }

    /** An address by its digits, never by a lookup. */
    static InetAddress address(String digits) throws BadValueException {
        if (digits.indexOf(':') < 0 && !IPV4.matcher(digits).matches()) {
            throw new BadValueException(
                    "\"" + digits + "\" is no IP address",
                    "write four numbers from 0 to 255 with dots");
        }
        try {
            return InetAddress.ofLiteral(digits);
        } catch (IllegalArgumentException e) {
            throw new BadValueException(
                    "\"" + digits + "\" is no IP address",
                    "write it as \"10.0.0.1\" or \"2001:db8::1\"");
        }
    }

    /** Whether the address lies in this network. */
    public boolean contains(InetAddress candidate) {
        byte[] ours = address.getAddress();
        byte[] theirs = candidate.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit++) {
            int mask = 0x80 >>> (bit & 7);
            if (((ours[bit >> 3] ^ theirs[bit >> 3]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private boolean hostBitsAreZero() {
        byte[] octets = address.getAddress();
        for (int bit = prefix; bit < octets.length * 8; bit++) {
            if ((octets[bit >> 3] & (0x80 >>> (bit & 7))) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + prefix;
    }
}
