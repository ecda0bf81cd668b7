package io.sealpost.relay.interop;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What is wrong with a list of message numbers received: the one check that all interop tests use.
 *
 * @param missing expected but not received
 * @param repeated received again
 * @param reordered received after a later one
 * @param foreign received but not expected
 */
record Findings(
        List<Integer> missing,
        List<Integer> repeated,
        List<Integer> reordered,
        List<Integer> foreign) {
    private static final Findings NONE = new Findings(List.of(), List.of(), List.of(), List.of());

    static Findings none() {
        return NONE;
    }

    static Findings onlyMissing(Integer... numbers) {
        return new Findings(List.of(numbers), List.of(), List.of(), List.of());
    }

    /** Both in the order sent and received; the numbers sent rise. */
    static Findings of(Collection<Integer> expected, Collection<Integer> received) {
        Set<Integer> seen = new LinkedHashSet<>();
        Set<Integer> wanted = new LinkedHashSet<>(expected);
        List<Integer> repeated = new ArrayList<>();
        List<Integer> reordered = new ArrayList<>();
        List<Integer> foreign = new ArrayList<>();
        int highest = Integer.MIN_VALUE;
        for (int number : received) {
            if (!wanted.contains(number)) {
                foreign.add(number);
            } else if (!seen.add(number)) {
                repeated.add(number);
            } else if (number < highest) {
                reordered.add(number);
            }
            highest = Math.max(highest, number);
        }
        List<Integer> missing = wanted.stream().filter(number -> !seen.contains(number)).toList();
        return new Findings(missing, repeated, reordered, foreign);
    }
}
