package io.sealpost.bench;

import io.sealpost.protocol.encode.Rfc5424Encoder;
import io.sealpost.protocol.frame.StreamFramer;
import io.sealpost.protocol.message.Annotate;
import io.sealpost.protocol.parse.Origin;
import io.sealpost.relay.pipeline.Admission;
import io.sealpost.relay.pipeline.Intake;
import io.sealpost.relay.pipeline.IntakeCounters;
import io.sealpost.relay.pipeline.Sender;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.EmptiedLane;
import io.sealpost.relay.spool.Source;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From a chunk in memory to frames in a batch, per message of 200 octets: all but sockets and disk.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class IntakeBench {
    private static final int MAX_MESSAGE = 65_536;

    /** How messages are told apart. */
    @Param({"counted", "line"})
    public String framing = "counted";

    /** What kind of message it is. */
    @Param({"rfc5424", "rfc5424sd", "rfc3164"})
    public String form = "rfc5424";

    /** What is asked of each message, and done to it. */
    @Param({"none", "routes", "pattern", "set", "redact"})
    public String rules = "none";

    private final StreamFramer framer = new StreamFramer(MAX_MESSAGE);
    private final Sender sender =
            new Sender(
                    new Source(
                            "tcp",
                            Source.Transport.TCP,
                            InetSocketAddress.createUnresolved("192.0.2.7", 49_152),
                            1,
                            Source.NO_CERTIFICATE),
                    Origin.of("192.0.2.7", ZoneOffset.UTC));
    private final IntakeCounters counters =
            new IntakeCounters() {
                @Override
                public void received(int messages, long octets) {}

                @Override
                public void changed(int reasonBit, int messages) {}

                @Override
                public void dropped(String reason, int messages) {}

                @Override
                public void droppedByRoute(String route, int messages) {}

                @Override
                public void rateLimited(int messages) {}

                @Override
                public void givenUp(String pattern, int searches) {}

                @Override
                public void ignored(int datagrams) {}
            };
    private EmptiedLane emptied;
    private Intake intake;
    private byte[] chunk;
    private long ordinal;

    /** For JMH. */
    public IntakeBench() {}

    /** Writes the chunk. */
    @Setup
    public void open() throws IOException {
        chunk = Streams.chunk(framing, form);
        emptied = EmptiedLane.open(MAX_MESSAGE);
        intake =
                new Intake(
                        emptied.lane(),
                        new Rfc5424Encoder(Annotate.CHANGED, 32473),
                        new Admission.Block(),
                        BenchRules.of(rules),
                        NanoClock.system());
    }

    /** Removes what was opened. */
    @TearDown
    public void close() throws IOException {
        emptied.close();
    }

    /** Takes in the chunk. */
    @Benchmark
    @OperationsPerInvocation(Streams.MESSAGES)
    public long takeIn() {
        if (intake.begin() != Intake.Verdict.ACCEPTED) {
            emptied.empty();
            if (intake.begin() != Intake.Verdict.ACCEPTED) {
                throw new IllegalStateException("no room in an empty lane");
            }
        }
        int from = 0;
        while (framer.next(chunk, from, chunk.length) == StreamFramer.Result.FRAME) {
            Intake.Verdict verdict =
                    intake.accept(
                            chunk,
                            framer.frameOffset(),
                            framer.frameLength(),
                            framer.truncated(),
                            sender,
                            ordinal);
            if (verdict != Intake.Verdict.ACCEPTED) {
                break;
            }
            ordinal++;
            from = framer.consumedTo();
        }
        intake.end(counters);
        return ordinal;
    }
}
