package io.sealpost.relay;

import io.sealpost.relay.verify.Finding;
import io.sealpost.relay.verify.Findings;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints what is found, and on a terminal how far the work is. */
final class ShownFindings extends Findings {
    /** Of each kind so many are shown; all are counted. */
    private static final int MOST_OF_A_KIND = 1000;

    private static final int BAR = 40;

    private final Console console;
    private final boolean terminal;
    private final Map<Finding.Kind, Integer> shown = new EnumMap<>(Finding.Kind.class);
    private final List<String> unchecked = new ArrayList<>();
    private int percent = -1;

    @SuppressWarnings("SystemConsoleNull") // JDK 25 gives null again where there is no terminal
    ShownFindings(Console console) {
        this.console = console;
        java.io.Console real = System.console();
        this.terminal = real != null && real.isTerminal();
    }

    @Override
    protected void show(Finding finding) {
        endProgress();
        int before = shown.merge(finding.kind(), 1, Integer::sum);
        if (before <= MOST_OF_A_KIND) {
            String word = finding.kind().word().toUpperCase(Locale.ROOT);
            console.out().printf("%-15s %s%n", word, finding.text());
        } else if (before == MOST_OF_A_KIND + 1) {
            console.out().println("... and more of these, counted below");
        }
    }

    @Override
    public void good(String text) {
        endProgress();
        console.out().printf("%-15s %s%n", "good", text);
    }

    @Override
    public void unchecked(String what, String why) {
        endProgress();
        unchecked.add(what);
        console.out().printf("%-15s %s: %s%n", "not checked", what, why);
    }

    /** Tells of something that helps. */
    void note(String text) {
        console.out().printf("%-15s %s%n", "note", text);
    }

    @Override
    public void progress(String what, long done, long all) {
        if (!terminal || all <= 0) {
            return;
        }
        // A compressed file has more octets than it seems.
        int now = (int) Math.min(100, 100.0 * done / all);
        if (now != percent) {
            percent = now;
            int filled = now * BAR / 100;
            String bar = "#".repeat(filled) + ".".repeat(BAR - filled);
            console.err().printf("\r%-12s [%s] %3d %%", what, bar, now);
        }
    }

    /** Takes the bar away. */
    void endProgress() {
        if (percent >= 0) {
            console.err().print("\r" + " ".repeat(BAR + 22) + "\r");
            percent = -1;
        }
    }

    /**
     * Says what it all means.
     *
     * @param good what is shown if nothing speaks against it
     */
    ExitCode verdict(String good) {
        endProgress();
        StringBuilder counts = new StringBuilder();
        counts().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(
                        e ->
                                counts.append(counts.isEmpty() ? "" : ", ")
                                        .append(e.getValue())
                                        .append(' ')
                                        .append(e.getKey().word()));
        if (has(Finding.Verdict.TAMPERED)) {
            console.out().printf("%-15s %s%n", "TAMPERED", counts);
            return ExitCode.NOT_SO;
        }
        if (has(Finding.Verdict.CANNOT_TELL)) {
            console.out().printf("%-15s %s%n", "CANNOT TELL", counts);
            return ExitCode.COULD_NOT;
        }
        String but = unchecked.isEmpty() ? "" : "; not checked: " + String.join(", ", unchecked);
        console.out().printf("%-15s %s%s%n", "GOOD", good, but);
        return ExitCode.GOOD;
    }
}
