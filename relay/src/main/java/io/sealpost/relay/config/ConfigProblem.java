package io.sealpost.relay.config;

import java.util.Comparator;

/**
 * Something wrong in a conf file, or worth a warning.
 *
 * @param file the file as it was named
 * @param line its line, from 1
 * @param message what is wrong and what would be right
 */
public record ConfigProblem(String file, int line, String message)
        implements Comparable<ConfigProblem> {
    private static final Comparator<ConfigProblem> ORDER =
            Comparator.comparing(ConfigProblem::file)
                    .thenComparingInt(ConfigProblem::line)
                    .thenComparing(ConfigProblem::message);

    @Override
    public int compareTo(ConfigProblem other) {
        return ORDER.compare(this, other);
    }

    /** As printed for the operator. */
    @Override
    public String toString() {
        return file + ":" + line + ": " + message;
    }
}
