package io.sealpost.relay.interop;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Numbered messages with varied fields, and their numbers found again. */
final class Sample {
    /** A whole text, for a killed daemon may leave part of one before the next in its file. */
    private static final Pattern TEXT = Pattern.compile("n=(\\d{7}) case=(\\S+) [^=]*<ok> (x*)\\.");

    /** Whole seconds: every message of a run has a fixed time, near to now. */
    @SuppressWarnings("TimeInStaticInitializer") // one run, one start
    private static final Instant START = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    private Sample() {}

    /** Message {@code number} of a series; what it holds follows from the number. */
    static Fields message(String series, int number) {
        boolean plain = number % 2 == 0;
        return new Fields(
                number % 192,
                START.plusMillis(number).plusNanos(number % 1000 * 1000L).toString(),
                "host-" + number % 7 + ".example.com",
                "app" + number % 5,
                "" + (1000 + number % 900),
                plain ? "-" : "ID" + number % 11,
                plain ? "-" : "[case@32473 name=\"a \\\"b\\\" c\" n=\"" + number + "\"]",
                text(series, number));
    }

    static String text(String series, int number) {
        return "n=%07d case=%s Größe: 5 µm, 100%% {\"k\": [1, 2]} <ok> %s."
                .formatted(number, series, "x".repeat(number % 97));
    }

    /** Numbers of the whole messages of this series, in the order given. */
    static List<Integer> numbers(String series, Collection<String> messages) {
        return messages.stream()
                .flatMap(message -> TEXT.matcher(message).results())
                .filter(text -> text.group(2).equals(series))
                .filter(text -> text.group(3).length() == number(text) % 97)
                .map(Sample::number)
                .toList();
    }

    private static int number(MatchResult text) {
        return Integer.parseInt(text.group(1));
    }

    /** The messages of this series. */
    static List<String> ofSeries(String series, Collection<String> messages) {
        String mark = " case=" + series + " ";
        return messages.stream().filter(message -> message.contains(mark)).toList();
    }

    /** A message that arrived, as it was sent, but with the time as its client writes it. */
    static String asSent(String series, String arrived) {
        Fields got = Fields.of(arrived);
        Fields sent = message(series, numbers(series, List.of(arrived)).getFirst());
        return new Fields(
                        sent.pri(),
                        got.timestamp(),
                        sent.host(),
                        sent.app(),
                        sent.procid(),
                        sent.msgid(),
                        sent.sd(),
                        sent.text())
                .message();
    }
}
