package io.sealpost.protocol.support;

import io.sealpost.protocol.encode.Rfc5424Encoder;
import io.sealpost.protocol.message.Annotate;
import io.sealpost.protocol.message.MessageScan;
import io.sealpost.protocol.message.Reason;
import io.sealpost.protocol.message.Slice;
import io.sealpost.protocol.message.SyslogMessage;
import io.sealpost.protocol.parse.MessageParser;
import io.sealpost.protocol.parse.Origin;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;

/**
 * A message as parsed and as sent.
 *
 * @param message what was understood
 * @param out the octets sent
 * @param strict the fields of those octets
 */
public record Parsed(SyslogMessage message, Slice out, StrictRfc5424 strict) {
    /** Enterprise number of the relay's own elements. */
    public static final int PEN = 32473;

    /** Peer of {@link #of(String)}. */
    public static final String PEER = "192.0.2.7";

    /** Receive time of {@link #of(String)}. */
    public static final Instant RECEIVED = Instant.parse("2026-11-24T12:00:00Z");

    /** Parses Latin-1 text from a usual peer in UTC. */
    public static Parsed of(String text) {
        return of(text, RECEIVED, "UTC");
    }

    /** Parses Latin-1 text from a usual peer. */
    public static Parsed of(String text, Instant received, String zone) {
        return of(
                text.getBytes(StandardCharsets.ISO_8859_1),
                false,
                Origin.of(PEER, ZoneId.of(zone)),
                micros(received),
                Annotate.CHANGED);
    }

    /** Parses with a fresh parser, somewhere inside a larger array, and encodes. */
    public static Parsed of(
            byte[] in, boolean truncated, Origin origin, long received, Annotate annotate) {
        byte[] b = new byte[in.length + 40];
        Arrays.fill(b, (byte) '7');
        System.arraycopy(in, 0, b, 13, in.length);
        MessageScan scan = new MessageScan();
        new MessageParser().parse(b, 13, in.length, truncated, origin, received, scan);
        byte[] out = encode(scan, annotate);
        return new Parsed(
                SyslogMessage.of(scan), Slice.copyOf(out, 0, out.length), StrictRfc5424.parse(out));
    }

    /** Encodes into an array of exactly the promised length. */
    public static byte[] encode(MessageScan scan, Annotate annotate) {
        Rfc5424Encoder encoder = new Rfc5424Encoder(annotate, PEN);
        byte[] dst = new byte[encoder.maxEncodedLength(scan) + 5];
        int length = encoder.encode(scan, dst, 5);
        return Arrays.copyOfRange(dst, 5, 5 + length);
    }

    /** Microseconds since the epoch. */
    public static long micros(Instant instant) {
        return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
    }

    /** The octets sent as Latin-1 text. */
    public String outText() {
        return new String(out.toArray(), StandardCharsets.ISO_8859_1);
    }

    /** The octets sent as the next relay takes them: again less one line end of MSG. */
    public String outTextReceived() {
        byte[] received = Expectations.withoutTrailer(out.toArray());
        return new String(received, StandardCharsets.ISO_8859_1);
    }

    /** Names of the reasons, in alphabetical order. */
    public List<String> reasons() {
        return message.reasons().stream().map(Reason::label).sorted().toList();
    }
}
