package io.sealpost.relay.config;

import static io.sealpost.relay.config.Schema.FILE;
import static io.sealpost.relay.config.Schema.FORMAT_DOC;
import static io.sealpost.relay.config.Schema.MIB;
import static io.sealpost.relay.config.Schema.RELP;
import static io.sealpost.relay.config.Schema.REQUIRED;
import static io.sealpost.relay.config.Schema.SYSLOG;
import static io.sealpost.relay.config.Schema.SYSLOG_TCP;
import static io.sealpost.relay.config.Schema.SYSLOG_TLS;
import static io.sealpost.relay.config.Schema.SYSLOG_UDP;
import static io.sealpost.relay.config.Schema.TIB;
import static io.sealpost.relay.config.Schema.YEARS;
import static io.sealpost.relay.config.Schema.choice;
import static io.sealpost.relay.config.Schema.key;
import static io.sealpost.relay.config.Schema.variant;

import io.sealpost.relay.config.Key.Preset.Described;
import io.sealpost.relay.config.Key.Preset.Written;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The part of {@link Schema} about upstreams. */
final class UpstreamKeys {
    private UpstreamKeys() {}

    private static Key servers(String variant) {
        return variant(
                "upstreams.*.servers",
                variant,
                new Kind.Many(new Kind.HostAndPort(1), 1, 16),
                REQUIRED,
                "The receivers, each once. Names are looked up again at each connect.");
    }

    private static Key strategy(String variant) {
        return variant(
                "upstreams.*.strategy",
                variant,
                choice(UpstreamConfig.Strategy.class),
                new Written("failover"),
                "What several servers are for. `failover`: the first one that takes connections"
                        + " gets everything; when it is lost the next one does, and an earlier"
                        + " one that takes connections again, which is tried every ten seconds,"
                        + " gets its place back. `balance`: all of them are connected to, and"
                        + " whichever can take messages gets the next ones; messages keep their"
                        + " order on each connection only, and what a lost server did not"
                        + " confirm goes to the others.");
    }

    private static Key framing(String variant) {
        return variant(
                "upstreams.*.framing",
                variant,
                choice(UpstreamConfig.Framing.class),
                new Written("octet-counting"),
                "How messages are told apart in the stream (RFC 6587). Octet counting carries any"
                        + " message unchanged and is the faster one.");
    }

    /** In the order of the documentation. */
    static List<Key> keys() {
        return Stream.of(first(), tls(SYSLOG_TLS), tls(RELP), retry(SYSLOG), retry(RELP), last())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Key> first() {
        return List.of(
                key(
                        "upstreams.*.type",
                        choice(Schema.UpstreamType.class),
                        REQUIRED,
                        "What it is: files, a syslog receiver, or a RELP receiver, which"
                                + " acknowledges each message. RELP goes over TLS if there is a"
                                + " `tls` block, which must say whom to trust as for syslog."),
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
                        choice(UpstreamConfig.MessageFormat.class),
                        new Written("rfc5424"),
                        FORMAT_DOC),
                variant(
                        "upstreams.*.framing",
                        FILE,
                        choice(UpstreamConfig.Framing.class),
                        new Written("lf"),
                        "How messages are told apart in the file. `lf`: one a line; LF, CR and"
                                + " NUL inside a message are written as `\\n`, `\\r`, `\\0`."),
                variant(
                        "upstreams.*.transport",
                        SYSLOG,
                        choice(Schema.UpstreamTransport.class),
                        REQUIRED,
                        "How messages leave. Over UDP (RFC 5426) nothing tells what arrives; what is"
                                + " sent while the server's host answers that nobody listens is"
                                + " sent again. Over TLS (RFC 5425) the server must prove who it"
                                + " is: `tls.trust` or `tls.permitted-peers` must be written."),
                variant(
                        "upstreams.*.servers",
                        SYSLOG_UDP,
                        new Kind.Many(new Kind.HostAndPort(1), 1, 1),
                        REQUIRED,
                        "The receiver. Its name is looked up again after each failure."),
                servers(SYSLOG_TCP),
                servers(SYSLOG_TLS),
                servers(RELP),
                strategy(SYSLOG_TCP),
                strategy(SYSLOG_TLS),
                strategy(RELP),
                variant(
                        "upstreams.*.format",
                        SYSLOG,
                        choice(UpstreamConfig.MessageFormat.class),
                        new Written("rfc5424"),
                        FORMAT_DOC),
                variant(
                        "upstreams.*.format",
                        RELP,
                        choice(UpstreamConfig.MessageFormat.class),
                        new Written("rfc5424"),
                        FORMAT_DOC),
                framing(SYSLOG_TCP),
                framing(SYSLOG_TLS),
                variant(
                        "upstreams.*.window",
                        RELP,
                        new Kind.Whole(1, 20_000),
                        new Written("128"),
                        "How many messages may be sent before the first of them is"
                                + " acknowledged. More are faster over long distances, and more"
                                + " come twice after a lost connection."),
                variant(
                        "upstreams.*.max-message-size",
                        SYSLOG_UDP,
                        new Kind.Size(480, 65_507),
                        new Written("65507 B"),
                        "Longer messages are cut at a character's edge and counted. Datagrams"
                                + " above the network's packets, often 1400 octets, are split"
                                + " there and lost with any of their parts."),
                variant(
                        "upstreams.*.max-rate",
                        SYSLOG_UDP,
                        new Kind.Rate(10_000_000),
                        new Written("50000/s"),
                        "The most messages sent in a second. More than the receiver reads it"
                                + " loses, and nobody is told."));
    }

    private static List<Key> tls(String variant) {
        return List.of(
                variant(
                        "upstreams.*.tls.trust",
                        variant,
                        new Kind.ReadFile(),
                        new Described("nobody"),
                        "The authorities in PEM that sign certificates of servers."),
                variant(
                        "upstreams.*.tls.server-name",
                        variant,
                        new Kind.Word(253),
                        new Described("the host in `servers`"),
                        "The name or address that the server's certificate must be for, and that"
                                + " the server is asked for (SNI)."),
                variant(
                        "upstreams.*.tls.permitted-peers",
                        variant,
                        new Kind.Many(new Kind.Peer(), 0, 10_000),
                        new Written("[]"),
                        "Which servers are taken, instead of the one with the right name: names"
                                + " and fingerprints as for a listener. A fingerprint needs no"
                                + " `tls.trust`."),
                variant(
                        "upstreams.*.tls.crl",
                        variant,
                        new Kind.ReadFile(),
                        new Described("none"),
                        "Certificates that the authorities have taken back, as revocation lists"
                                + " in PEM, read at the start."),
                variant(
                        "upstreams.*.tls.certificate",
                        variant,
                        new Kind.ReadFile(),
                        new Described("none is shown"),
                        "The certificate shown to the server, in PEM, with those between it and"
                                + " the root."),
                variant(
                        "upstreams.*.tls.key",
                        variant,
                        new Kind.ReadFile(),
                        new Described("none"),
                        "Its private key in PEM (PKCS#8, RSA or EC, without passphrase)."),
                variant(
                        "upstreams.*.tls.min-version",
                        variant,
                        choice(RelayConfig.TlsVersion.class),
                        new Written("1.2"),
                        "The oldest version of TLS spoken."),
                variant(
                        "upstreams.*.tls.handshake-timeout",
                        variant,
                        new Kind.Time(Duration.ofMillis(100), Duration.ofMinutes(10)),
                        new Written("10 s"),
                        "A connection whose handshake takes longer is closed and tried again."));
    }

    private static List<Key> retry(String variant) {
        return List.of(
                variant(
                        "upstreams.*.retry.first",
                        variant,
                        new Kind.Time(Duration.ofMillis(1), Duration.ofHours(1)),
                        new Written("100 ms"),
                        "Pause after the first failed connect; it doubles, with jitter, up to"
                                + " `retry.max`. Tries go on for ever."),
                variant(
                        "upstreams.*.retry.max",
                        variant,
                        new Kind.Time(Duration.ofMillis(1), Duration.ofDays(1)),
                        new Written("30 s"),
                        "The longest pause between two tries."));
    }

    private static List<Key> last() {
        return List.of(
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
                        choice(UpstreamConfig.WhenQueueFull.class),
                        new Written("drop-oldest"),
                        "`drop-oldest` skips and counts the oldest waiting messages, so that a"
                                + " dead upstream harms nobody else; `block` stops the listeners"
                                + " instead."),
                key(
                        "upstreams.*.start",
                        choice(UpstreamConfig.Start.class),
                        new Written("now"),
                        "Where a new upstream begins: with new messages, or with all that the"
                                + " spool still holds."),
                key(
                        "upstreams.*.on-remove",
                        choice(UpstreamConfig.OnRemove.class),
                        new Described("a reload without it is refused while messages wait"),
                        "What a reload that no longer names it does with waiting messages:"
                                + " `drain` delivers them first, `drop` drops and counts them."),
                key(
                        "upstreams.*.was",
                        new Kind.Word(200),
                        new Described("it was not renamed"),
                        "Its name before, so that it keeps its waiting messages and counts."
                                + " Without effect once it has the new name."));
    }
}
