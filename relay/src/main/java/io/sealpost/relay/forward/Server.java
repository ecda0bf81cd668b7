package io.sealpost.relay.forward;

/**
 * A receiver of an upstream.
 *
 * @param host name or address; an IPv6 address may stand in brackets
 * @param port 1 to 65535
 */
public record Server(String host, int port) {
    public Server {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
        }
    }

    /** As it is written in the conf file and the log. */
    @Override
    public String toString() {
        boolean literal = host.indexOf(':') >= 0 && !host.startsWith("[");
        return (literal ? "[" + host + "]" : host) + ":" + port;
    }
}
