package io.sealpost.relay.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word somebody probably meant. */
public final class Nearest {
    /** More differing characters than this are another word. */
    private static final int MAX_DISTANCE = 3;

    private Nearest() {}

    /** The known word nearest to the typed one, if one is near. */
    public static Optional<String> to(String typed, Collection<String> known) {
        String word = typed.toLowerCase(Locale.ROOT).replace('_', '-');
        int allowed = Math.min(MAX_DISTANCE, Math.max(1, typed.length() / 2 - 1));
        return known.stream()
                .filter(candidate -> distance(word, candidate) <= allowed)
                .min(
                        Comparator.<String>comparingInt(candidate -> distance(word, candidate))
                                .thenComparing(Comparator.naturalOrder()));
    }

    /** Insertions, deletions, exchanges and swapped neighbours, each counted as one. */
    private static int distance(String typed, String candidate) {
        String other = candidate.toLowerCase(Locale.ROOT).replace('_', '-');
        int[][] cost = new int[typed.length() + 1][other.length() + 1];
        for (int i = 0; i <= typed.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, typed, other, i, j);
            }
        }
        return cost[typed.length()][other.length()];
    }

    private static int cheapest(int[][] cost, String a, String b, int i, int j) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
        best = Math.min(best, cost[i - 1][j - 1] + change);
        boolean swapped =
                i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
