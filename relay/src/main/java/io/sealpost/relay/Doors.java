package io.sealpost.relay;

import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.listen.Listener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The listeners of the running relay, as the configuration of the moment names them, and those that
 * left it while senders were connected. Used by one thread at a time.
 */
final class Doors {
    /** How long listeners may take to put away what they have already read. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Makes a listener that has no sockets yet. */
    interface Factory {
        Listener listener(RelayConfig.Listener listener, RelayConfig config) throws IOException;
    }

    private record Door(
            RelayConfig.Listener config,
            List<RelayConfig.PeerNetwork> networks,
            FileStamps files,
            Listener listener) {
        boolean serves(RelayConfig.Listener other, RelayConfig config) {
            return this.config.equals(other)
                    && networks.equals(config.networks())
                    && files.equals(FileStamps.of(other));
        }
    }

    private final Factory factory;

    /** Replaced as a whole; volatile because anyone may ask. */
    private volatile List<Door> open = List.of();

    /** Have no sockets any more, but connections. */
    private final List<Listener> retired = new ArrayList<>();

    Doors(Factory factory) {
        this.factory = factory;
    }

    /** Opens all. */
    void open(RelayConfig config) throws IOException {
        prepare(config).apply();
    }

    /**
     * Opens the sockets that the configuration needs beside those that are open, and changes
     * nothing yet.
     *
     * @throws BadDoorException with the listener that cannot be opened; what was opened is closed
     */
    Change prepare(RelayConfig config) throws BadDoorException {
        Change change = new Change();
        for (RelayConfig.Listener wanted : config.listeners()) {
            try {
                change.add(wanted, config);
            } catch (IOException e) {
                change.abandon();
                throw new BadDoorException(wanted.door().name(), e);
            }
        }
        return change;
    }

    /** What the doors will be. */
    final class Change {
        private final List<Door> next = new ArrayList<>();
        private final List<Listener> fresh = new ArrayList<>();
        private final List<Door> left = new ArrayList<>(open);
        private final Map<Integer, Listener> predecessors = new TreeMap<>();

        private void add(RelayConfig.Listener wanted, RelayConfig config) throws IOException {
            Optional<Door> same =
                    left.stream().filter(door -> door.serves(wanted, config)).findFirst();
            if (same.isPresent()) {
                left.remove(same.get());
                next.add(same.get());
                return;
            }
            FileStamps files = FileStamps.of(wanted);
            Listener listener = factory.listener(wanted, config);
            Optional<Door> before =
                    left.stream().filter(door -> listener.canSucceed(door.listener())).findFirst();
            if (before.isPresent()) {
                left.remove(before.get());
                predecessors.put(next.size(), before.get().listener());
            } else {
                fresh.add(listener);
                listener.bind();
            }
            next.add(new Door(wanted, config.networks(), files, listener));
        }

        /** Takes the doors in use, closes those that are left over. */
        void apply() {
            predecessors.forEach(
                    (index, before) -> {
                        next.get(index).listener().succeed(before);
                        retired.add(before);
                    });
            fresh.forEach(Listener::start);
            for (Door door : left) {
                retired.add(door.listener());
                retire(door.listener());
            }
            open = List.copyOf(next);
            retired.removeIf(listener -> listener.connections() == 0);
        }

        /** Closes what was opened for it. */
        void abandon() {
            fresh.forEach(Doors::retire);
        }
    }

    private static void retire(Listener listener) {
        try {
            listener.retire(PATIENCE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Connections of listeners that are not in the configuration any more. */
    int connectionsLeft() {
        return retired.stream().mapToInt(Listener::connections).sum();
    }

    /** Those of the configuration. */
    List<Listener> listeners() {
        return open.stream().map(Door::listener).toList();
    }

    /** The open ones by name. */
    Map<String, InetSocketAddress> addresses() {
        Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();
        open.forEach(door -> addresses.put(door.listener().name(), door.listener().address()));
        return addresses;
    }

    /** Takes in what was sent so far, and closes all. */
    void stop() {
        List<Thread> threads = new ArrayList<>();
        open.forEach(door -> threads.add(stopping(door.listener())));
        retired.forEach(listener -> threads.add(stopping(listener)));
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread stopping(Listener listener) {
        return Thread.startVirtualThread(
                () -> {
                    try {
                        listener.stop(PATIENCE);
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                });
    }
}
