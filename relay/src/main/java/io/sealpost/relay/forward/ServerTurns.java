package io.sealpost.relay.forward;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * In which order the servers of an upstream are tried: as the conf file names them, but one that
 * was just lost after all others. Confined to the forwarder's thread.
 */
final class ServerTurns {
    private final List<Server> servers;
    private int last = -1;

    ServerTurns(List<Server> servers) {
        this.servers = servers;
    }

    List<Server> order() {
        List<Server> order = new ArrayList<>(servers);
        if (last >= 0) {
            order.add(order.remove(last));
        }
        return order;
    }

    /** The connection to this one ended, and not because an earlier one is back. */
    void lost(Server server) {
        last = servers.indexOf(server);
    }

    /** The next round begins with the first. */
    void again() {
        last = -1;
    }

    /** Those that go before this one. */
    List<Server> before(Server server) {
        return servers.subList(0, servers.indexOf(server));
    }

    int count() {
        return servers.size();
    }

    boolean several() {
        return servers.size() > 1;
    }

    /** All of them, for people. */
    @Override
    public String toString() {
        return servers.stream().map(Server::toString).collect(Collectors.joining(", "));
    }
}
