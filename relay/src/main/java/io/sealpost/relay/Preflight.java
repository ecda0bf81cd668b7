package io.sealpost.relay;

import io.sealpost.relay.config.ConfigProblem;
import io.sealpost.relay.config.Endpoint;
import io.sealpost.relay.config.Port;
import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.config.UpstreamConfig;
import io.sealpost.relay.seal.LogFolder;
import io.sealpost.relay.spool.FileStorage;
import io.sealpost.relay.tls.ClientTls;
import io.sealpost.relay.tls.ServerTls;
import io.sealpost.relay.tls.TlsFileException;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Looks at what a good conf file names outside itself, before anything is started. */
final class Preflight {
    private final RelayConfig config;

    Preflight(RelayConfig config) {
        this.config = config;
    }

    /** Addresses, folders and certificates; changes nothing. */
    List<ConfigProblem> surroundings() {
        List<ConfigProblem> problems = new ArrayList<>();
        for (RelayConfig.Listener listener : config.listeners()) {
            address(key(listener), listener.door().bind(), problems);
            listener.tls().ifPresent(tls -> tlsFiles(listener, tls, problems));
        }
        address("admin.bind", config.admin().bind(), problems);
        folder("data-dir", config.dataDir(), problems);
        if (config.integrity().enabled()) {
            integrity(problems);
        }
        for (UpstreamConfig upstream : config.upstreams()) {
            if (upstream instanceof UpstreamConfig.FileUpstream file) {
                folder("upstreams." + file.name() + ".path", fixedFolder(file.path()), problems);
            }
            upstream.tls().ifPresent(tls -> tlsFiles(upstream.name(), tls, problems));
        }
        Collections.sort(problems);
        return problems;
    }

    /** The keys of the integrity log. A start reads them itself, and once. */
    List<ConfigProblem> keys() {
        return config.integrity().enabled()
                ? new LogFolder(config.dataDir(), FileStorage.at(config.dataDir()))
                        .problem().stream()
                                .map(problem -> config.problem("integrity", problem))
                                .toList()
                : List.of();
    }

    private void integrity(List<ConfigProblem> problems) {
        config.integrity()
                .remember()
                .ifPresent(
                        file -> {
                            if (file.startsWith(config.dataDir())) {
                                problems.add(
                                        config.problem(
                                                "integrity.remember",
                                                "is inside of data-dir and would be put back with"
                                                        + " it, use a file on another volume"));
                            }
                            Path folder = file.getParent();
                            folder("integrity.remember", folder == null ? file : folder, problems);
                        });
    }

    /**
     * The same problems with those of ports that cannot be opened now; they are closed again at
     * once. A port about which there is a problem already is left alone.
     */
    static List<ConfigProblem> withPorts(List<ConfigProblem> problems, List<Port> ports) {
        List<ConfigProblem> all = new ArrayList<>(problems);
        for (Port port : ports) {
            if (problems.stream().noneMatch(known -> known.message().startsWith(port.key()))) {
                tryToOpen(port).ifPresent(all::add);
            }
        }
        Collections.sort(all);
        return all;
    }

    private static Optional<ConfigProblem> tryToOpen(Port port) {
        try (DatagramSocket udp = new DatagramSocket(null);
                ServerSocket tcp = new ServerSocket()) {
            if (port.udp()) {
                udp.bind(port.bind().resolve());
            } else {
                tcp.setReuseAddress(true);
                tcp.bind(port.bind().resolve());
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(port.problem(refused(port.bind(), e)));
        }
    }

    private static String key(RelayConfig.Listener listener) {
        return "listeners." + listener.door().name() + ".bind";
    }

    private void tlsFiles(
            RelayConfig.Listener listener, RelayConfig.Tls tls, List<ConfigProblem> problems) {
        try {
            ServerTls.open(TlsBlocks.server(tls)).close();
        } catch (TlsFileException e) {
            problems.add(
                    config.problem(
                            "listeners." + listener.door().name() + ".tls." + e.key(),
                            e.problem()));
        }
    }

    private void tlsFiles(
            String upstream, UpstreamConfig.UpstreamTls tls, List<ConfigProblem> problems) {
        try {
            ClientTls.open(TlsBlocks.client(tls)).close();
        } catch (TlsFileException e) {
            problems.add(config.problem("upstreams." + upstream + ".tls." + e.key(), e.problem()));
        }
    }

    private void address(String key, Endpoint bind, List<ConfigProblem> problems) {
        try {
            InetSocketAddress address = bind.resolve();
            if (!address.getAddress().isAnyLocalAddress()
                    && !address.getAddress().isLoopbackAddress()
                    && NetworkInterface.getByInetAddress(address.getAddress()) == null) {
                problems.add(
                        config.problem(
                                key,
                                bind.host()
                                        + " is no address of this machine, use one of its own or"
                                        + " \"0.0.0.0:"
                                        + bind.port()
                                        + "\" for all"));
            }
        } catch (UnknownHostException _) {
            problems.add(config.problem(key, unknown(bind)));
        } catch (SocketException e) {
            problems.add(config.problem(key, "cannot look at the interfaces: " + e.getMessage()));
        }
    }

    /** The folder part before anything that changes with the day. */
    private static Path fixedFolder(String template) {
        String path = template.replace("%%", "\0");
        int place = path.indexOf('%');
        String fixed = place < 0 ? path : path.substring(0, place);
        int end = fixed.lastIndexOf('/');
        return Path.of(fixed.substring(0, Math.max(1, end)).replace('\0', '%'));
    }

    private void folder(String key, Path folder, List<ConfigProblem> problems) {
        Path existing = folder;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            problems.add(config.problem(key, existing + " is no folder, use another path"));
        } else if (!Files.isWritable(existing)) {
            problems.add(
                    config.problem(
                            key,
                            "cannot write in "
                                    + existing
                                    + ", give user "
                                    + System.getProperty("user.name", "")
                                    + " the right or use another path"));
        }
    }

    private static String unknown(Endpoint bind) {
        return "no address is known for " + bind.host() + ", write an address";
    }

    private static String refused(Endpoint bind, IOException e) {
        if (e instanceof UnknownHostException) {
            return unknown(bind);
        }
        String message = String.valueOf(e.getMessage());
        if (message.contains("in use")) {
            return bind + " is in use, stop the other program or use another port";
        }
        if (message.contains("Permission denied")) {
            return bind + " needs root or CAP_NET_BIND_SERVICE, use a port above 1023";
        }
        if (message.contains("Cannot assign")) {
            return bind.host() + " is no address of this machine, use one of its own";
        }
        return "cannot open " + bind + ": " + message + ", use another address";
    }
}
