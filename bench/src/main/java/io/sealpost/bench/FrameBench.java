package io.sealpost.bench;

import io.sealpost.protocol.frame.StreamFramer;
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
import org.openjdk.jmh.annotations.Warmup;

/** Framing alone, per message of 200 octets. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class FrameBench {
    /** How messages are told apart. */
    @Param({"counted", "line"})
    public String framing = "counted";

    private final StreamFramer framer = new StreamFramer(65_536);
    private byte[] chunk = {};

    /** For JMH. */
    public FrameBench() {}

    /** Writes the chunk. */
    @Setup
    public void write() {
        chunk = Streams.chunk(framing, "rfc5424");
    }

    /** Goes through the chunk. */
    @Benchmark
    @OperationsPerInvocation(Streams.MESSAGES)
    public int frame() {
        int from = 0;
        int octets = 0;
        while (framer.next(chunk, from, chunk.length) == StreamFramer.Result.FRAME) {
            octets += framer.frameLength();
            from = framer.consumedTo();
        }
        return octets;
    }
}
