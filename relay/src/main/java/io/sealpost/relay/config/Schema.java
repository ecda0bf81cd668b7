package io.sealpost.relay.config;

import io.sealpost.relay.config.Key.Preset;
import io.sealpost.relay.config.Key.Preset.Described;
import io.sealpost.relay.config.Key.Preset.Required;
import io.sealpost.relay.config.Key.Preset.Written;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The one table of all keys that this version knows. The reader, the documentation and the tests
 * work from it, so that none of them can know a key that the others do not.
 */
final class Schema {
    static final int MAX_UPSTREAMS = 64;
    static final long SEGMENT_BYTES = 128L << 20;
    static final String ROOT = "sealpost";
    static final String MATCH = "routes[].match";
    static final String UDP = "udp";
    static final String TCP = "tcp";
    static final String TLS = "tls";
    static final String FILE = "file";
    static final String SYSLOG = "syslog";
    static final String RELP = "relp";

    /** The transports of listeners. */
    enum ListenerTransport {
        UDP,
        TCP,
        TLS,
        RELP
    }

    static final String SYSLOG_UDP = SYSLOG + "/" + UDP;
    static final String SYSLOG_TCP = SYSLOG + "/" + TCP;
    static final String SYSLOG_TLS = SYSLOG + "/" + TLS;

    /** The types of upstreams. */
    enum UpstreamType {
        FILE,
        SYSLOG,
        RELP
    }

    /** The transports of syslog upstreams. */
    enum UpstreamTransport {
        UDP,
        TCP,
        TLS
    }

    static final long KIB = 1L << 10;
    static final long MIB = 1L << 20;
    static final long GIB = 1L << 30;
    static final long TIB = 1L << 40;
    static final Duration YEARS = Duration.ofDays(36_500);
    static final Preset REQUIRED = new Required();
    static final String FORMAT_DOC =
            "What is written of each message. `rfc5424`: the message whole, as it lies in the spool;"
                    + " `rfc3164`: for old receivers, without MSGID and structured data"
                    + " ([rules](format/rfc3164.md)); `json`: one object"
                    + " ([members](format/json.md)); `original`: the message as it was received"
                    + " ([rules](format/original.md)).";

    /** All keys, in the order of the documentation. */
    static final List<Key> KEYS =
            Stream.of(
                            firstKeys(),
                            connectionKeys(TCP),
                            connectionKeys(TLS),
                            tlsKeys(TLS),
                            connectionKeys(RELP),
                            tlsKeys(RELP),
                            ackKeys(),
                            networkKeys(),
                            UpstreamKeys.keys(),
                            RewriteKeys.keys(),
                            RouteKeys.keys(),
                            IntegrityKeys.keys(),
                            lastKeys())
                    .flatMap(List::stream)
                    .toList();

    /** The keys as a tree of blocks. */
    static final Shape.Section TREE = Shape.of(KEYS);

    private Schema() {}

    private static List<Key> firstKeys() {
        return List.of(
                key(
                        "name",
                        new Kind.Word(255),
                        new Described("the host's name"),
                        "Name of this relay, as it appears where the relay speaks of itself."),
                key(
                        "data-dir",
                        new Kind.Folder(),
                        new Written("../data"),
                        "Folder of spool, cursors and counters. One running relay owns it."),
                key(
                        "listeners.*.transport",
                        choice(ListenerTransport.class),
                        REQUIRED,
                        "How messages come. Over TCP and TLS (RFC 5425) the framing (octet counting"
                                + " or lines) is detected for each message. RELP acknowledges each"
                                + " message once it is durable; with a `tls` block it is spoken"
                                + " over TLS, from the first octet on."),
                key(
                        "listeners.*.bind",
                        new Kind.HostAndPort(0),
                        REQUIRED,
                        "Address and port. `\"[::]:5514\"` takes IPv6 and IPv4; port 0 takes"
                                + " any free port, which the start line names."),
                key(
                        "listeners.*.max-message-size",
                        new Kind.Size(16, MIB),
                        new Written("64 KiB"),
                        "Longer messages are cut at a character's edge, marked and counted."),
                key(
                        "listeners.*.timezone",
                        new Kind.Zone(),
                        new Described("the machine's"),
                        "Zone of times that come without one."),
                key(
                        "listeners.*.allow",
                        new Kind.Many(new Kind.Net(), 0, 10_000),
                        new Written("[]"),
                        "Who may send; an empty list lets everybody. What others send is"
                                + " refused and counted."),
                key(
                        "listeners.*.rate-limit.per-source",
                        new Kind.Rate(10_000_000),
                        new Described("no limit"),
                        "How many messages each address may send in the long run. What is more is"
                                + " dropped, counted as `rate-limit`, and told by a message for"
                                + " each source every ten seconds."),
                key(
                        "listeners.*.rate-limit.burst",
                        new Kind.Whole(1, 100_000_000),
                        new Described("as many as `rate-limit.per-source` in a second"),
                        "How many it may send at once after a quiet time."),
                variant(
                        "listeners.*.receive-buffer",
                        UDP,
                        new Kind.Size(4 * KIB, GIB),
                        new Written("32 MiB"),
                        "The socket's receive buffer. Without CAP_NET_ADMIN the kernel allows at"
                                + " most `net.core.rmem_max`; the relay warns when it got less."));
    }

    /** What connections of listeners have. */
    private static List<Key> connectionKeys(String transport) {
        return List.of(
                variant(
                        "listeners.*.receive-buffer",
                        transport,
                        new Kind.Size(4 * KIB, GIB),
                        new Described("the kernel's own tuning"),
                        "The receive buffer of each connection. A fixed one switches the"
                                + " kernel's tuning off."),
                variant(
                        "listeners.*.max-connections",
                        transport,
                        new Kind.Whole(1, 1_000_000),
                        new Written("20000"),
                        "Further connections are closed at once and counted."),
                variant(
                        "listeners.*.max-connections-per-address",
                        transport,
                        new Kind.Whole(1, 1_000_000),
                        new Described("no limit of its own"),
                        "Further connections of one address are closed at once and counted."),
                variant(
                        "listeners.*.idle-timeout",
                        transport,
                        new Kind.Time(Duration.ZERO, YEARS),
                        new Written("0 s"),
                        "A connection silent for so long is closed; `0 s` never."));
    }

    /** When messages are acknowledged. */
    private static List<Key> ackKeys() {
        return List.of(
                variant(
                        "listeners.*.ack",
                        RELP,
                        choice(RelayConfig.Ack.class),
                        new Written("stored"),
                        "When a message is acknowledged: `stored`, once it is durable here;"
                                + " `delivered`, once the upstreams in `delivered.upstreams` have"
                                + " it as well, if it goes to them. Acknowledgements of a session"
                                + " stay in order: a message that does not go to them waits for"
                                + " those before it that do."),
                variant(
                        "listeners.*.chain-from",
                        RELP,
                        new Kind.Many(new Kind.Net(), 0, 10_000),
                        new Written("[]"),
                        "Other Sealposts that are known by their address. They number their"
                                + " messages, so that each is here once, whatever crashes; without"
                                + " this, numbers are believed only from peers with a"
                                + " certificate."),
                variant(
                        "listeners.*.delivered.upstreams",
                        RELP,
                        new Kind.Many(new Kind.Name(), 0, MAX_UPSTREAMS),
                        new Written("[]"),
                        "Upstreams that `ack = delivered` waits for. Not over UDP, where nobody"
                                + " tells what arrives."),
                variant(
                        "listeners.*.delivered.at-most",
                        RELP,
                        new Kind.Time(Duration.ofMillis(10), Duration.ofHours(1)),
                        new Written("30 s"),
                        "How long `ack = delivered` waits, though a second at most once the relay"
                                + " stops; after that the message is acknowledged as stored, and"
                                + " counted."));
    }

    /** How listeners prove who they are, and ask that of their peers. */
    private static List<Key> tlsKeys(String transport) {
        return List.of(
                variant(
                        "listeners.*.tls.certificate",
                        transport,
                        new Kind.ReadFile(),
                        REQUIRED,
                        "The server's certificate in PEM, with those between it and the root."),
                variant(
                        "listeners.*.tls.key",
                        transport,
                        new Kind.ReadFile(),
                        REQUIRED,
                        "Its private key in PEM (PKCS#8, RSA or EC, without passphrase)."),
                variant(
                        "listeners.*.tls.trust",
                        transport,
                        new Kind.ReadFile(),
                        new Described("nobody"),
                        "The authorities in PEM that sign certificates of clients."),
                variant(
                        "listeners.*.tls.crl",
                        transport,
                        new Kind.ReadFile(),
                        new Described("none"),
                        "Certificates that these authorities have taken back, as revocation"
                                + " lists in PEM, read at the start."),
                variant(
                        "listeners.*.tls.client-auth",
                        transport,
                        choice(RelayConfig.ClientAuth.class),
                        new Described("`require` with `tls.trust`, otherwise `none`"),
                        "Whether clients show a certificate. `optional` also takes clients"
                                + " without one, but none that is not trusted."),
                variant(
                        "listeners.*.tls.permitted-peers",
                        transport,
                        new Kind.Many(new Kind.Peer(), 0, 10_000),
                        new Written("[]"),
                        "Which trusted clients may connect; an empty list lets all. Names are"
                                + " compared with the DNS names of the certificate, or with its"
                                + " CN if it has none; `*` stands for any part of one label. A"
                                + " fingerprint (SHA-256 or SHA-1) permits its certificate"
                                + " whoever signed it."),
                variant(
                        "listeners.*.tls.min-version",
                        transport,
                        choice(RelayConfig.TlsVersion.class),
                        new Written("1.2"),
                        "The oldest version of TLS spoken."),
                variant(
                        "listeners.*.tls.handshake-timeout",
                        transport,
                        new Kind.Time(Duration.ofMillis(100), Duration.ofMinutes(10)),
                        new Written("10 s"),
                        "A connection whose handshake takes longer is closed and counted."));
    }

    private static List<Key> networkKeys() {
        return List.of(
                key(
                        "networks[].net",
                        new Kind.Net(),
                        REQUIRED,
                        "The senders meant. The first network that holds a sender counts."),
                key(
                        "networks[].timezone",
                        new Kind.Zone(),
                        REQUIRED,
                        "Zone of their times that come without one; goes before the"
                                + " listener's."));
    }

    private static List<Key> lastKeys() {
        return List.of(
                key(
                        "spool.max-size",
                        new Kind.Size(4 * MIB, 1024 * TIB),
                        new Written("10 GiB"),
                        "The most that the spool takes on disk."),
                key(
                        "spool.segment-size",
                        new Kind.Size(MIB, GIB),
                        new Described("128 MiB, or a quarter of `spool.max-size` if smaller"),
                        "Size of one spool file. Space comes free in such pieces."),
                key(
                        "spool.sync-interval",
                        new Kind.Time(Duration.ZERO, Duration.ofSeconds(10)),
                        new Written("1 ms"),
                        "Syncs to disk start at least so far apart. A message is acknowledged"
                                + " and forwarded only after its sync."),
                key(
                        "spool.keep",
                        new Kind.Time(Duration.ZERO, YEARS),
                        new Written("0 s"),
                        "How long messages stay after every upstream has them, as far as"
                                + " `spool.max-size` allows."),
                key(
                        "spool.reserve",
                        new Kind.Size(0, TIB),
                        new Written("256 MiB"),
                        "Octets kept free on the volume for cursors and counters; the spool"
                                + " counts as full before it takes them."),
                key(
                        "spool.when-full",
                        choice(RelayConfig.WhenFull.class),
                        new Written("block"),
                        "What happens at the door when the spool is full. `block` stops reading"
                                + " (UDP: the kernel drops); `drop-new` reads on, drops and"
                                + " counts; `drop-by-severity` drops debug and info above 80 %,"
                                + " notice above 90 %, warning and error above 95 %, and above"
                                + " 99 % all but auth, authpriv, alert and emergency."),
                key(
                        "annotate",
                        choice(RelayConfig.Annotate.class),
                        new Written("changed"),
                        "Which messages get an element `[sealpost@NUMBER reasons=\"...\"]`:"
                                + " none; those that had to be changed in a way worth knowing;"
                                + " or all that are rewritten, with peer, receive time and"
                                + " form. Well-formed RFC 5424 always stays byte for byte."),
                key(
                        "enterprise-number",
                        new Kind.Whole(1, Integer.MAX_VALUE),
                        new Described("32473, the number for documentation, with a warning"),
                        "Your IANA private enterprise number, for the elements the relay adds."),
                key(
                        "admin.bind",
                        new Kind.HostAndPort(0),
                        new Written("127.0.0.1:9514"),
                        "Where `/metrics`, `/healthz` and `/readyz` are served over HTTP."),
                key(
                        "log.level",
                        choice(RelayConfig.Log.Level.class),
                        new Written("info"),
                        "How much the relay tells about itself on standard error."),
                key(
                        "log.format",
                        choice(RelayConfig.Log.Format.class),
                        new Written("text"),
                        "`text` for people, `json` for one JSON object a line."),
                key(
                        "log.events",
                        choice(RelayConfig.Log.Events.class),
                        new Written("on"),
                        "Whether what happens to the relay (start and stop, an upstream down or"
                                + " up again, refused connections, drops, damage) is also a"
                                + " message in its stream: facility syslog, hostname `name`,"
                                + " app-name sealpost."),
                key(
                        "shutdown-grace",
                        new Kind.Time(Duration.ZERO, Duration.ofMinutes(10)),
                        new Written("5 s"),
                        "How long upstreams may go on delivering after SIGTERM. What is left"
                                + " stays in the spool."));
    }

    static Kind some(Kind each) {
        return new Kind.OneOrMany(each, 1000);
    }

    static Key key(String path, Kind kind, Preset preset, String doc) {
        return new Key(path, "", kind, preset, doc);
    }

    static Key variant(String path, String variant, Kind kind, Preset preset, String doc) {
        return new Key(path, variant, kind, preset, doc);
    }

    static <E extends Enum<E>> Kind choice(Class<E> type) {
        return new Kind.Choice<>(Arrays.asList(type.getEnumConstants()));
    }
}
