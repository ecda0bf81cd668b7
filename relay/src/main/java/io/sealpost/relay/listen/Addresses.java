package io.sealpost.relay.listen;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;

/** Addresses as operators write them. */
final class Addresses {
    private Addresses() {}

    static String text(InetSocketAddress address) {
        return NetUtil.toSocketAddressString(address);
    }
}
