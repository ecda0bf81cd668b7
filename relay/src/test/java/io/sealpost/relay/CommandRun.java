package io.sealpost.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/** Runs commands in this process, and keeps what the last one printed. */
final class CommandRun {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** The exit code of {@code sealpost WORDS}. */
    int run(String... words) {
        out.reset();
        PrintStream stream = new PrintStream(out, true, UTF_8);
        Console console = new Console(new ByteArrayInputStream(new byte[0]), stream, stream);
        return Main.run(words, console).number();
    }

    /** Octets on both outputs. */
    byte[] octets() {
        return out.toByteArray();
    }

    /** What was said on both outputs. */
    String text() {
        return out.toString(UTF_8);
    }
}
