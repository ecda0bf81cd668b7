package io.sealpost.relay;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * {@code sealpost tail}. The relay gives everything and this process chooses, so that an expression
 * that takes for ever takes it from nobody else.
 */
final class TailCommand {
    static final String WORD = "tail";

    private static final int MAX_LENGTH_DIGITS = 9;
    private static final int MAX_NOTICE = 256;
    private static final Pattern NOTICE =
            Pattern.compile("\\{\"(skipped|error)\":\"?([^\"]*?)\"?}");

    /** Text gathered before it is written, while more is at hand. */
    private static final int CHUNK_CHARS = 64 * 1024;

    private final Console console;
    private final PrintableLine printable = new PrintableLine();
    private Optional<Pattern> host = Optional.empty();
    private Optional<Pattern> grep = Optional.empty();
    private final StringBuilder waiting = new StringBuilder();

    TailCommand(Console console) {
        this.console = console;
    }

    ExitCode run(Path conf, @Nullable String hostname, @Nullable String expression) {
        host = Optional.ofNullable(hostname).map(TailCommand::glob);
        try {
            grep = Optional.ofNullable(expression).map(Pattern::compile);
        } catch (PatternSyntaxException e) {
            console.err()
                    .println(
                            "sealpost tail: --grep: "
                                    + e.getDescription()
                                    + " at character "
                                    + (e.getIndex() + 1)
                                    + " of "
                                    + e.getPattern());
            return ExitCode.BAD_USAGE;
        }
        Thread hook = Thread.ofPlatform().unstarted(TailCommand::endWell);
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return new ControlClient(WORD, console).ask(conf, Optional.empty(), this::follow);
        } finally {
            forget(hook);
        }
    }

    /** Ctrl-C is the usual end, and no failure. */
    private static void endWell() {
        Runtime.getRuntime().halt(ExitCode.GOOD.number());
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // it runs already
        }
    }

    private static Pattern glob(String text) {
        String quoted = Pattern.quote(text).replace("*", "\\E.*\\Q");
        return Pattern.compile(quoted, Pattern.CASE_INSENSITIVE);
    }

    private ExitCode follow(InputStream answer) throws IOException {
        while (true) {
            int first = answer.read();
            switch (first) {
                case -1 -> {
                    flush();
                    console.err().println("sealpost tail: the relay has closed the connection");
                    return ExitCode.COULD_NOT;
                }
                case '\n' -> {}
                case '{' -> {
                    if (!notice(answer)) {
                        return ExitCode.COULD_NOT;
                    }
                }
                default -> take(answer.readNBytes(length(first, answer)));
            }
            if ((answer.available() == 0 || waiting.length() >= CHUNK_CHARS) && !flush()) {
                return ExitCode.GOOD; // a pipe that nobody reads any more
            }
        }
    }

    private static int length(int first, InputStream answer) throws IOException {
        int length = 0;
        int octet = first;
        for (int digits = 0; octet != ' '; digits++) {
            if (octet < '0' || octet > '9' || digits == MAX_LENGTH_DIGITS) {
                throw new IOException("no frame");
            }
            length = 10 * length + octet - '0';
            octet = answer.read();
        }
        return length;
    }

    private void take(byte[] message) {
        String line = printable.of(message);
        if ((host.isEmpty() || host.get().matcher(hostname(line)).matches())
                && (grep.isEmpty() || grep.get().matcher(line).find())) {
            waiting.append(line).append('\n');
        }
    }

    /** The third word of an RFC 5424 message. */
    private static String hostname(String line) {
        int from = line.indexOf(' ', line.indexOf(' ') + 1) + 1;
        int to = line.indexOf(' ', from);
        return to < 0 ? "" : line.substring(from, to);
    }

    /** What the relay says between messages; false if it says that there will be none. */
    private boolean notice(InputStream answer) throws IOException {
        StringBuilder text = new StringBuilder("{");
        for (int octet = answer.read(); octet != '\n'; octet = answer.read()) {
            if (octet < 0 || text.length() == MAX_NOTICE) {
                throw new IOException("no notice");
            }
            text.append((char) octet);
        }
        Matcher matcher = NOTICE.matcher(text);
        if (!matcher.matches()) {
            return true; // of a later version
        }
        boolean skipped = matcher.group(1).equals("skipped");
        flush();
        console.err()
                .println(
                        "sealpost tail: "
                                + (skipped
                                        ? matcher.group(2)
                                                + " messages are not shown: they came faster than"
                                                + " they could be read here"
                                        : matcher.group(2)));
        return skipped;
    }

    /** False when nobody reads any more. */
    private boolean flush() {
        if (!waiting.isEmpty()) {
            byte[] octets = waiting.toString().getBytes(StandardCharsets.UTF_8);
            console.out().write(octets, 0, octets.length);
            console.out().flush();
            waiting.setLength(0);
        }
        return !console.out().checkError();
    }
}
