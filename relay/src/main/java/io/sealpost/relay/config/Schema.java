package io.sealpost.relay.config;

import io.sealpost.protocol.message.Facility;
import io.sealpost.relay.config.Key.Preset;
import io.sealpost.relay.config.Key.Preset.Described;
import io.sealpost.relay.config.Key.Preset.Required;
import io.sealpost.relay.config.Key.Preset.Written;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

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

    /** The transports of listeners. */
    enum ListenerTransport {
        UDP,
        TCP,
        TLS
    }

    static final String SYSLOG_TLS = SYSLOG + "/" + TLS;

    /** The types of upstreams. */
    enum UpstreamType {
        FILE,
        SYSLOG
    }

    /** The transports of syslog upstreams. */
    enum UpstreamTransport {
        TCP,
        TLS
    }

    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final long TIB = 1L << 40;
    private static final Duration YEARS = Duration.ofDays(36_500);
    private static final Preset REQUIRED = new Required();
    private static final String FORMAT_DOC =
            "What is written of each message. `rfc5424`: the message whole, as it lies in the spool;"
                    + " `rfc3164`: for old receivers, without MSGID and structured data"
                    + " ([rules](format/rfc3164.md)); `json`: one object"
                    + " ([members](format/json.md)); `original`: the message as it was received"
                    + " ([rules](format/original.md)).";

    /** All keys, in the order of the documentation. */
    static final List<Key> KEYS =
            List.of(
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
                                    + " or lines) is detected for each message."),
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
                    variant(
                            "listeners.*.receive-buffer",
                            UDP,
                            new Kind.Size(4 * KIB, GIB),
                            new Written("8 MiB"),
                            "The socket's receive buffer. Without CAP_NET_ADMIN the kernel allows at"
                                    + " most `net.core.rmem_max`; the relay warns when it got less."),
                    variant(
                            "listeners.*.receive-buffer",
                            TCP,
                            new Kind.Size(4 * KIB, GIB),
                            new Described("the kernel's own tuning"),
                            "The receive buffer of each connection. A fixed one switches the"
                                    + " kernel's tuning off."),
                    variant(
                            "listeners.*.max-connections",
                            TCP,
                            new Kind.Whole(1, 1_000_000),
                            new Written("20000"),
                            "Further connections are closed at once and counted."),
                    variant(
                            "listeners.*.idle-timeout",
                            TCP,
                            new Kind.Time(Duration.ZERO, YEARS),
                            new Written("0 s"),
                            "A connection silent for so long is closed; `0 s` never."),
                    variant(
                            "listeners.*.receive-buffer",
                            TLS,
                            new Kind.Size(4 * KIB, GIB),
                            new Described("the kernel's own tuning"),
                            "The receive buffer of each connection. A fixed one switches the"
                                    + " kernel's tuning off."),
                    variant(
                            "listeners.*.max-connections",
                            TLS,
                            new Kind.Whole(1, 1_000_000),
                            new Written("20000"),
                            "Further connections are closed at once and counted."),
                    variant(
                            "listeners.*.idle-timeout",
                            TLS,
                            new Kind.Time(Duration.ZERO, YEARS),
                            new Written("0 s"),
                            "A connection silent for so long is closed; `0 s` never."),
                    variant(
                            "listeners.*.tls.certificate",
                            TLS,
                            new Kind.ReadFile(),
                            REQUIRED,
                            "The server's certificate in PEM, with those between it and the root."),
                    variant(
                            "listeners.*.tls.key",
                            TLS,
                            new Kind.ReadFile(),
                            REQUIRED,
                            "Its private key in PEM (PKCS#8, RSA or EC, without passphrase)."),
                    variant(
                            "listeners.*.tls.trust",
                            TLS,
                            new Kind.ReadFile(),
                            new Described("nobody"),
                            "The authorities in PEM that sign certificates of clients."),
                    variant(
                            "listeners.*.tls.crl",
                            TLS,
                            new Kind.ReadFile(),
                            new Described("none"),
                            "Certificates that these authorities have taken back, as revocation"
                                    + " lists in PEM, read at the start."),
                    variant(
                            "listeners.*.tls.client-auth",
                            TLS,
                            choice(RelayConfig.ClientAuth.class),
                            new Described("`require` with `tls.trust`, otherwise `none`"),
                            "Whether clients show a certificate. `optional` also takes clients"
                                    + " without one, but none that is not trusted."),
                    variant(
                            "listeners.*.tls.permitted-peers",
                            TLS,
                            new Kind.Many(new Kind.Peer(), 0, 10_000),
                            new Written("[]"),
                            "Which trusted clients may connect; an empty list lets all. Names are"
                                    + " compared with the DNS names of the certificate, or with its"
                                    + " CN if it has none; `*` stands for any part of one label. A"
                                    + " fingerprint (SHA-256 or SHA-1) permits its certificate"
                                    + " whoever signed it."),
                    variant(
                            "listeners.*.tls.min-version",
                            TLS,
                            choice(RelayConfig.TlsVersion.class),
                            new Written("1.2"),
                            "The oldest version of TLS spoken."),
                    variant(
                            "listeners.*.tls.handshake-timeout",
                            TLS,
                            new Kind.Time(Duration.ofMillis(100), Duration.ofMinutes(10)),
                            new Written("10 s"),
                            "A connection whose handshake takes longer is closed and counted."),
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
                                    + " listener's."),
                    key(
                            "upstreams.*.type",
                            choice(UpstreamType.class),
                            REQUIRED,
                            "What it is: files, or a syslog receiver."),
                    variant(
                            "upstreams.*.path",
                            FILE,
                            new Kind.DailyFile(),
                            REQUIRED,
                            "Where messages are appended, for example"
                                    + " `\"../data/archive/%Y-%m-%d.log\"`. Folders are made. With"
                                    + " `%host%`, `%app%` or `%facility%`, each message goes to the"
                                    + " file of its own ([rules](format/file-names.md)). At most 64"
                                    + " files are open at a time."),
                    variant(
                            "upstreams.*.keep",
                            FILE,
                            new Kind.Time(Duration.ofHours(1), YEARS),
                            new Written("14 d"),
                            "Older files of this path are removed; a path without a date has none."),
                    variant(
                            "upstreams.*.max-size",
                            FILE,
                            new Kind.Size(MIB, 1024 * TIB),
                            new Written("5 GiB"),
                            "The oldest files of this path are removed when all together are"
                                    + " larger; never one being written. With values in the path,"
                                    + " each file counts as 4 KiB at least."),
                    variant(
                            "upstreams.*.format",
                            FILE,
                            choice(RelayConfig.MessageFormat.class),
                            new Written("rfc5424"),
                            FORMAT_DOC),
                    variant(
                            "upstreams.*.framing",
                            FILE,
                            choice(RelayConfig.Framing.class),
                            new Written("lf"),
                            "How messages are told apart in the file. `lf`: one a line; LF, CR and"
                                    + " NUL inside a message are written as `\\n`, `\\r`, `\\0`."),
                    variant(
                            "upstreams.*.transport",
                            SYSLOG,
                            choice(UpstreamTransport.class),
                            REQUIRED,
                            "How messages leave. Over TLS (RFC 5425) the server must prove who it"
                                    + " is: `tls.trust` or `tls.permitted-peers` must be written."),
                    variant(
                            "upstreams.*.servers",
                            SYSLOG,
                            new Kind.Many(new Kind.HostAndPort(1), 1, 1),
                            REQUIRED,
                            "The receiver. Its name is looked up again at each connect."),
                    variant(
                            "upstreams.*.format",
                            SYSLOG,
                            choice(RelayConfig.MessageFormat.class),
                            new Written("rfc5424"),
                            FORMAT_DOC),
                    variant(
                            "upstreams.*.framing",
                            SYSLOG,
                            choice(RelayConfig.Framing.class),
                            new Written("octet-counting"),
                            "How messages are told apart in the stream (RFC 6587). Octet counting"
                                    + " carries any message unchanged and is the faster one."),
                    variant(
                            "upstreams.*.tls.trust",
                            SYSLOG_TLS,
                            new Kind.ReadFile(),
                            new Described("nobody"),
                            "The authorities in PEM that sign certificates of servers."),
                    variant(
                            "upstreams.*.tls.server-name",
                            SYSLOG_TLS,
                            new Kind.Word(253),
                            new Described("the host in `servers`"),
                            "The name or address that the server's certificate must be for, and that"
                                    + " the server is asked for (SNI)."),
                    variant(
                            "upstreams.*.tls.permitted-peers",
                            SYSLOG_TLS,
                            new Kind.Many(new Kind.Peer(), 0, 10_000),
                            new Written("[]"),
                            "Which servers are taken, instead of the one with the right name: names"
                                    + " and fingerprints as for a listener. A fingerprint needs no"
                                    + " `tls.trust`."),
                    variant(
                            "upstreams.*.tls.crl",
                            SYSLOG_TLS,
                            new Kind.ReadFile(),
                            new Described("none"),
                            "Certificates that the authorities have taken back, as revocation lists"
                                    + " in PEM, read at the start."),
                    variant(
                            "upstreams.*.tls.certificate",
                            SYSLOG_TLS,
                            new Kind.ReadFile(),
                            new Described("none is shown"),
                            "The certificate shown to the server, in PEM, with those between it and"
                                    + " the root."),
                    variant(
                            "upstreams.*.tls.key",
                            SYSLOG_TLS,
                            new Kind.ReadFile(),
                            new Described("none"),
                            "Its private key in PEM (PKCS#8, RSA or EC, without passphrase)."),
                    variant(
                            "upstreams.*.tls.min-version",
                            SYSLOG_TLS,
                            choice(RelayConfig.TlsVersion.class),
                            new Written("1.2"),
                            "The oldest version of TLS spoken."),
                    variant(
                            "upstreams.*.tls.handshake-timeout",
                            SYSLOG_TLS,
                            new Kind.Time(Duration.ofMillis(100), Duration.ofMinutes(10)),
                            new Written("10 s"),
                            "A connection whose handshake takes longer is closed and tried again."),
                    variant(
                            "upstreams.*.retry.first",
                            SYSLOG,
                            new Kind.Time(Duration.ofMillis(1), Duration.ofHours(1)),
                            new Written("100 ms"),
                            "Pause after the first failed connect; it doubles, with jitter, up to"
                                    + " `retry.max`. Tries go on for ever."),
                    variant(
                            "upstreams.*.retry.max",
                            SYSLOG,
                            new Kind.Time(Duration.ofMillis(1), Duration.ofDays(1)),
                            new Written("30 s"),
                            "The longest pause between two tries."),
                    key(
                            "upstreams.*.buffer.max-size",
                            new Kind.Size(MIB, 1024 * TIB),
                            new Described("four fifths of `spool.max-size`"),
                            "What this upstream may leave waiting in the spool."),
                    key(
                            "upstreams.*.buffer.max-age",
                            new Kind.Time(Duration.ofSeconds(1), YEARS),
                            new Described("no limit"),
                            "Waiting messages older than this are skipped and counted."),
                    key(
                            "upstreams.*.buffer.when-full",
                            choice(RelayConfig.WhenQueueFull.class),
                            new Written("drop-oldest"),
                            "`drop-oldest` skips and counts the oldest waiting messages, so that a"
                                    + " dead upstream harms nobody else; `block` stops the listeners"
                                    + " instead."),
                    key(
                            "upstreams.*.start",
                            choice(RelayConfig.Start.class),
                            new Written("now"),
                            "Where a new upstream begins: with new messages, or with all that the"
                                    + " spool still holds."),
                    key(
                            "upstreams.*.on-remove",
                            choice(RelayConfig.OnRemove.class),
                            new Described("a reload without it is refused while messages wait"),
                            "What a reload that no longer names it does with waiting messages:"
                                    + " `drain` delivers them first, `drop` drops and counts them."),
                    key(
                            "upstreams.*.was",
                            new Kind.Word(200),
                            new Described("it was not renamed"),
                            "Its name before, so that it keeps its waiting messages and counts."
                                    + " Without effect once it has the new name."),
                    key(
                            "routes[].name",
                            new Kind.Name(),
                            new Described("its number in the list, as in `route-1`"),
                            "What `explain` calls it, and the reason under which messages are counted"
                                    + " that it drops."),
                    key(
                            MATCH + ".facility",
                            some(choice(Facility.class)),
                            new Described("any"),
                            "The message's facility. All keys of `match` must hold, and of a list one"
                                    + " element. Without `match` the route takes every message."),
                    key(
                            MATCH + ".severity",
                            some(new Kind.SeverityRange()),
                            new Described("any"),
                            "The message's severity."),
                    key(
                            MATCH + ".hostname",
                            some(new Kind.Glob(255)),
                            new Described("any"),
                            "The message's HOSTNAME."),
                    key(
                            MATCH + ".app-name",
                            some(new Kind.Glob(48)),
                            new Described("any"),
                            "The message's APP-NAME. `\"-\"` is a message without one."),
                    key(
                            MATCH + ".message",
                            some(new Kind.Regex()),
                            new Described("any"),
                            "Found somewhere in MSG. A message on which it takes too many steps"
                                    + " (32 looks at each character, and 4096) counts as one without"
                                    + " it, and in `sealpost_regex_given_up_total`."),
                    key(
                            MATCH + ".listener",
                            some(new Kind.Name()),
                            new Described("any"),
                            "The listener through which the message came."),
                    key(
                            MATCH + ".peer",
                            some(new Kind.Net()),
                            new Described("any"),
                            "Where the sender's address lies."),
                    key(
                            MATCH + ".not",
                            new Kind.BlockLike(MATCH, false),
                            new Described("nothing"),
                            "What must not hold as a whole."),
                    key(
                            MATCH + ".any",
                            new Kind.BlockLike(MATCH, true),
                            new Described("nothing"),
                            "Blocks of which at least one must hold."),
                    key(
                            "routes[].to",
                            new Kind.Many(new Kind.Name(), 0, MAX_UPSTREAMS),
                            REQUIRED,
                            "Names of upstreams. `[]` drops the message before it is stored, and"
                                    + " counts it under the route's name. The first route that"
                                    + " matches decides; a message that matches none is dropped and"
                                    + " counted as `no-route`. Without `routes` everything goes to"
                                    + " all upstreams."),
                    key(
                            "routes[].continue",
                            new Kind.Flag(),
                            new Written("false"),
                            "Whether messages that took this route also try the ones behind it."),
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

    /** The keys as a tree of blocks. */
    static final Shape.Section TREE = Shape.of(KEYS);

    private Schema() {}

    private static Kind some(Kind each) {
        return new Kind.OneOrMany(each, 1000);
    }

    private static Key key(String path, Kind kind, Preset preset, String doc) {
        return new Key(path, "", kind, preset, doc);
    }

    private static Key variant(String path, String variant, Kind kind, Preset preset, String doc) {
        return new Key(path, variant, kind, preset, doc);
    }

    private static <E extends Enum<E>> Kind choice(Class<E> type) {
        return new Kind.Choice<>(Arrays.asList(type.getEnumConstants()));
    }
}
