package io.sealpost.relay.config;

import io.sealpost.protocol.message.Facility;
import io.sealpost.protocol.message.Severity;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The whole conf file, checked and complete: every default is filled in and every path absolute.
 *
 * @param file the conf file it was read from
 * @param name name of this relay
 * @param dataDir folder of spool, cursors and counters
 * @param enterpriseNumber empty until the operator sets one
 * @param lines where keys and blocks are written, for problems found later
 */
public record RelayConfig(
        Path file,
        String name,
        Path dataDir,
        List<Listener> listeners,
        List<PeerNetwork> networks,
        List<UpstreamConfig> upstreams,
        List<Rewrite> rewrites,
        List<Route> routes,
        Spool spool,
        Integrity integrity,
        Annotate annotate,
        OptionalInt enterpriseNumber,
        Admin admin,
        Log log,
        Duration shutdownGrace,
        Lines lines) {

    /** The number that stands for "documentation" (RFC 5612), used until one is set. */
    public static final int DOCUMENTATION_ENTERPRISE = 32473;

    public RelayConfig {
        listeners = List.copyOf(listeners);
        networks = List.copyOf(networks);
        upstreams = List.copyOf(upstreams);
        rewrites = List.copyOf(rewrites);
        routes = List.copyOf(routes);
    }

    /** The enterprise number that elements of this relay carry. */
    public int effectiveEnterpriseNumber() {
        return enterpriseNumber.orElse(DOCUMENTATION_ENTERPRISE);
    }

    /**
     * A problem with the value of a key, found outside the file: a port in use, a folder that
     * cannot be written.
     *
     * @param key as it is written, for example {@code listeners.udp.bind}
     * @param message what is wrong and what would be right
     */
    public ConfigProblem problem(String key, String message) {
        return lines.problem(key, message);
    }

    /** A door for messages. */
    public sealed interface Listener {
        /** What every listener has. */
        Door door();

        /** What its connections are wrapped in, if anything. */
        Optional<Tls> tls();
    }

    /**
     * What every listener has.
     *
     * @param timezone zone of times that come without one
     * @param allow who may send; empty: everybody
     * @param rateLimit what each source may send; empty: all it likes
     * @param receiveBuffer octets of the socket's receive buffer; empty: the kernel's own choice
     */
    public record Door(
            String name,
            Endpoint bind,
            int maxMessageBytes,
            ZoneId timezone,
            List<Network> allow,
            Optional<RateLimit> rateLimit,
            OptionalLong receiveBuffer) {
        public Door {
            allow = List.copyOf(allow);
        }
    }

    /**
     * What each source of a listener may send.
     *
     * @param perSource messages a second
     * @param burst messages at once
     */
    public record RateLimit(int perSource, int burst) {}

    /** Syslog over UDP (RFC 5426). */
    public record UdpListener(Door door) implements Listener {
        @Override
        public Optional<Tls> tls() {
            return Optional.empty();
        }
    }

    /**
     * Syslog (RFC 6587, RFC 5425) or RELP, over TCP or TLS.
     *
     * @param idleTimeout a connection silent for so long is closed; zero: never
     * @param maxPerAddress connections of one address
     * @param delivered what RELP waits for before it acknowledges; empty: a message is durable
     * @param chainFrom whose numbers of messages are believed over RELP without a certificate
     */
    public record TcpListener(
            Door door,
            Protocol protocol,
            int maxConnections,
            int maxPerAddress,
            Duration idleTimeout,
            Optional<Delivered> delivered,
            List<Network> chainFrom,
            Optional<Tls> tls)
            implements Listener {
        public TcpListener {
            chainFrom = List.copyOf(chainFrom);
        }

        /** What is spoken on its connections. */
        public enum Protocol {
            SYSLOG,
            RELP
        }
    }

    /** When a message that came over RELP is acknowledged. */
    public enum Ack {
        STORED,
        DELIVERED
    }

    /**
     * A message is acknowledged when these upstreams have it.
     *
     * @param atMost how long that is waited for
     */
    public record Delivered(List<String> upstreams, Duration atMost) {
        public Delivered {
            upstreams = List.copyOf(upstreams);
        }
    }

    /**
     * The server's side of TLS.
     *
     * @param certificate the server's, with those between it and the root
     * @param trust authorities that sign certificates of clients
     * @param crl what they have taken back
     * @param permittedPeers names and fingerprints; empty: all that are trusted
     */
    public record Tls(
            Path certificate,
            Path key,
            Optional<Path> trust,
            Optional<Path> crl,
            ClientAuth clientAuth,
            List<String> permittedPeers,
            TlsVersion minVersion,
            Duration handshakeTimeout) {
        public Tls {
            permittedPeers = List.copyOf(permittedPeers);
        }
    }

    /** Whether clients show a certificate. */
    public enum ClientAuth {
        NONE,
        OPTIONAL,
        REQUIRE
    }

    /** Versions of TLS, written as their number. */
    public enum TlsVersion {
        TLS_1_2("1.2"),
        TLS_1_3("1.3");

        private final String number;

        TlsVersion(String number) {
            this.number = number;
        }

        @Override
        public String toString() {
            return number;
        }
    }

    /** Facts about the senders of a network; they go before the listener's. */
    public record PeerNetwork(Network net, ZoneId timezone) {}

    /**
     * How messages are changed at the door; every one that matches acts.
     *
     * @param redact regular expressions
     * @param redactWith what stands there instead
     */
    public record Rewrite(
            Match match, Values set, Tables map, List<String> redact, String redactWith) {
        public Rewrite {
            redact = List.copyOf(redact);
        }

        /** New values of fields, whatever they were. */
        public record Values(
                Optional<Facility> facility,
                Optional<Severity> severity,
                Optional<String> hostname,
                Optional<String> appName) {}

        /** New values of fields by their old ones. */
        public record Tables(
                Map<Facility, Facility> facility,
                Map<Severity, Severity> severity,
                Map<String, String> hostname,
                Map<String, String> appName) {
            public Tables {
                facility = Map.copyOf(facility);
                severity = Map.copyOf(severity);
                hostname = Map.copyOf(hostname);
                appName = Map.copyOf(appName);
            }
        }
    }

    /**
     * Where messages go; the first route that matches decides.
     *
     * @param label its name, or {@code route-} and its number from 1
     * @param to names of upstreams; none: the message is dropped
     * @param goesOn whether the routes behind it are tried too
     */
    public record Route(String label, Match match, List<String> to, boolean goesOn) {
        public Route {
            to = List.copyOf(to);
        }
    }

    /**
     * Which messages a rule is for. What is empty does not ask; of a list one element is enough.
     *
     * @param messages regular expressions
     */
    public record Match(
            Set<Facility> facilities,
            Set<Severity> severities,
            List<String> hostnames,
            List<String> appNames,
            List<String> messages,
            List<String> listeners,
            List<Network> peers,
            Optional<Match> not,
            List<Match> any) {
        /** Asks for nothing. */
        static final Match EVERYTHING =
                new Match(
                        Set.of(),
                        Set.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        List.of());

        public Match {
            facilities = Set.copyOf(facilities);
            severities = Set.copyOf(severities);
            hostnames = List.copyOf(hostnames);
            appNames = List.copyOf(appNames);
            messages = List.copyOf(messages);
            listeners = List.copyOf(listeners);
            peers = List.copyOf(peers);
            any = List.copyOf(any);
        }

        /** Whether it asks for nothing. */
        public boolean isEverything() {
            return facilities.isEmpty()
                    && severities.isEmpty()
                    && hostnames.isEmpty()
                    && appNames.isEmpty()
                    && messages.isEmpty()
                    && listeners.isEmpty()
                    && peers.isEmpty()
                    && not.isEmpty()
                    && any.isEmpty();
        }
    }

    /**
     * The durable log.
     *
     * @param keep how long messages that everybody has stay for a replay
     * @param reserveBytes octets kept free on the volume
     */
    public record Spool(
            long maxBytes,
            long segmentBytes,
            Duration syncInterval,
            Duration keep,
            long reserveBytes,
            WhenFull whenFull) {}

    /**
     * The integrity log.
     *
     * @param checkpointInterval shortest time between two checkpoints
     * @param keep how long hashes and metadata of single messages stay
     * @param maxBytes of hashes and metadata
     * @param remember file that holds the newest checkpoint on another volume
     */
    public record Integrity(
            boolean enabled,
            Duration checkpointInterval,
            Duration keep,
            long maxBytes,
            Optional<Path> remember) {}

    /** What happens at the door when the spool itself is full. */
    public enum WhenFull {
        BLOCK,
        DROP_NEW,
        DROP_BY_SEVERITY
    }

    /** Which messages get the relay's own structured data element. */
    public enum Annotate {
        NONE,
        CHANGED,
        ALL
    }

    /** Where health and metrics are served. */
    public record Admin(Endpoint bind) {}

    /**
     * The relay's own log on standard error.
     *
     * @param events whether events of the relay are messages of its stream, too
     */
    public record Log(Level level, Format format, Events events) {
        /** Whether the stream gets them. */
        public enum Events {
            ON,
            OFF
        }

        /** How much is told. */
        public enum Level {
            ERROR,
            WARN,
            INFO,
            DEBUG,
            TRACE
        }

        /** How it is written. */
        public enum Format {
            TEXT,
            JSON
        }
    }
}
