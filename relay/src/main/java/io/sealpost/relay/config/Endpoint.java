package io.sealpost.relay.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and a port as written in the conf file. The host is a name or an address, not looked up
 * yet; IPv6 addresses are kept without brackets.
 */
public record Endpoint(String host, int port) {
    private static final Pattern TEXT =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]+(?:%[\\w.-]+)?)]|([^:\\[\\]\\s]+)):(\\d{1,5})");
    private static final Pattern NAME =
            Pattern.compile("(?!-)[A-Za-z0-9_-]{1,63}(?:\\.[A-Za-z0-9_-]{1,63})*\\.?");
    private static final Pattern DIGITS_AND_DOTS = Pattern.compile("[0-9.]+");
    private static final int MAX_PORT = 65_535;
    private static final int MAX_NAME = 253;

    /** Reads {@code host:port} or {@code [IPv6]:port}. */
    static Endpoint parse(String text) throws BadValueException {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new BadValueException(
                    "\"" + text + "\" is no address with a port",
                    "write \"10.0.0.1:5514\", \"[::1]:5514\" or \"host.example.com:5514\"");
        }
        int port = Integer.parseInt(matcher.group(3));
        if (port > MAX_PORT) {
            throw new BadValueException("port " + port + " does not exist", "use 1 to 65535");
        }
        String bracketed = matcher.group(1);
        if (bracketed != null) {
            Network.address(bracketed);
            return new Endpoint(bracketed, port);
        }
        String host = matcher.group(2);
        if (DIGITS_AND_DOTS.matcher(host).matches()) {
            Network.address(host);
        } else if (host.length() > MAX_NAME || !NAME.matcher(host).matches()) {
            throw new BadValueException(
                    "\"" + host + "\" is no host name or address",
                    "use letters, digits, \"-\" and \".\"");
        }
        return new Endpoint(host, port);
    }

    /** The host and port of a text such as {@code logs.example.com:514}, if it is one. */
    public static Optional<Endpoint> of(String text) {
        try {
            return Optional.of(parse(text));
        } catch (BadValueException _) {
            return Optional.empty();
        }
    }

    /** Whether the host is written as an address, which needs no lookup. */
    public boolean isAddress() {
        return host.indexOf(':') >= 0 || DIGITS_AND_DOTS.matcher(host).matches();
    }

    /** Whether both could not be opened on the same port. */
    boolean overlaps(Endpoint other) {
        boolean dualStack = host.equals("::") || other.host.equals("::");
        boolean anyV4 = host.equals("0.0.0.0") && other.host.indexOf(':') < 0;
        boolean otherAnyV4 = other.host.equals("0.0.0.0") && host.indexOf(':') < 0;
        return dualStack || anyV4 || otherAnyV4 || host.equals(other.host);
    }

    /** Whether only this machine can reach it. */
    boolean isLoopback() {
        return host.startsWith("127.") || host.equals("::1") || host.equals("localhost");
    }

    /** Looks the host up now. */
    public InetSocketAddress resolve() throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(host), port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
