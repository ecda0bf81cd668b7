package io.sealpost.relay.listen;

import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** Addresses as operators write them. */
final class Addresses {
    private Addresses() {}

    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        String written = address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host;
        return written + ":" + address.getPort();
    }
}
