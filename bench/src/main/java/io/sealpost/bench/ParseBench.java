package io.sealpost.bench;

import io.sealpost.protocol.encode.Rfc5424Encoder;
import io.sealpost.protocol.message.Annotate;
import io.sealpost.protocol.message.MessageScan;
import io.sealpost.protocol.parse.MessageParser;
import io.sealpost.protocol.parse.Origin;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Parsing alone, and parsing with encoding, by form; each run goes through 64 messages in turn. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class ParseBench {
    private static final int MESSAGES = 64;
    private static final int SLOT = 1024;
    private static final long RECEIVED_MICROS = 1_795_521_600_000_000L;

    /** What kind of message is parsed. */
    @Param({"rfc5424", "rfc5424sd", "rfc3164", "rfc3164berlin", "cisco", "damaged", "text"})
    public String form = "rfc5424";

    private final byte[] source = new byte[MESSAGES * SLOT];
    private final int[] lengths = new int[MESSAGES];
    private final byte[] out = new byte[4 * SLOT];
    private final MessageParser parser = new MessageParser();
    private final MessageScan scan = new MessageScan();
    private final Rfc5424Encoder encoder = new Rfc5424Encoder(Annotate.CHANGED, 32473);
    private Origin origin = Origin.of("192.0.2.7", ZoneId.of("UTC"));
    private int next;

    /** For JMH. */
    public ParseBench() {}

    /** Writes the messages. */
    @Setup
    public void write() {
        if (form.endsWith("berlin")) {
            origin = Origin.of("192.0.2.7", ZoneId.of("Europe/Berlin"));
        }
        for (int i = 0; i < MESSAGES; i++) {
            byte[] text = message(i).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(text, 0, source, i * SLOT, text.length);
            lengths[i] = text.length;
        }
    }

    private String message(int i) {
        String clock = "11:59:%02d".formatted(i % 60);
        String iso = "2026-11-24T" + clock;
        String body =
                "Accepted publickey for user%03d from 198.51.100.%d port 50222 ssh2: ED25519 "
                        .formatted(i, i + 1);
        body += "SHA256:Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4";
        String host = "web%02d.example.com".formatted(i);
        return switch (form) {
            case "rfc5424" ->
                    "<38>1 %s.%06dZ %s sshd %d - - %s"
                            .formatted(iso, i * 997, host, 8000 + i, body);
            case "rfc5424sd" ->
                    "<38>1 %s.%06d+01:00 %s sshd %d ID%d [a@32473 user=\"user%d\" ip=\"198.51.100.7\"] %s"
                            .formatted(iso, i * 997, host, 8000 + i, i, i, body);
            case "cisco" ->
                    "<189>%d: *Nov 24 %s.%03d UTC: %%SYS-5-CONFIG_I: %s"
                            .formatted(i, clock, i, body);
            case "damaged" ->
                    "<38>1 %s.%06d123Z %s sshd %d - [bad] %s"
                            .formatted(iso, i * 997, host, 8000 + i, body);
            case "text" ->
                    "<38>date=2026-11-24 time=%s devname=\"%s\" msg=\"%s\""
                            .formatted(clock, host, body);
            default -> "<38>Nov 24 %s %s sshd[%d]: %s".formatted(clock, host, 8000 + i, body);
        };
    }

    /** Parses. */
    @Benchmark
    public int parse() {
        int i = next++ & (MESSAGES - 1);
        parser.parse(source, i * SLOT, lengths[i], false, origin, RECEIVED_MICROS, scan);
        return scan.reasons();
    }

    /** Parses and encodes. */
    @Benchmark
    public int parseAndEncode() {
        int i = next++ & (MESSAGES - 1);
        parser.parse(source, i * SLOT, lengths[i], false, origin, RECEIVED_MICROS, scan);
        return encoder.encode(scan, out, 0);
    }
}
