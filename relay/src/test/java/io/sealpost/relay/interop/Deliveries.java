package io.sealpost.relay.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Judges what a sink and the archive got of one series after kills and lost connections. Messages
 * are numbered in the order sent; an epoch is the time between two starts of the relay.
 */
final class Deliveries {
    /** Sent from {@code first} on, of which so many were seen as synced before the kill. */
    record Epoch(int first, int end, int synced) {}

    private final List<Epoch> epochs = new ArrayList<>();

    void add(Epoch epoch) {
        epochs.add(epoch);
    }

    /** Numbers that were synced, so must have arrived. */
    List<Integer> synced() {
        List<Integer> numbers = new ArrayList<>();
        for (Epoch epoch : epochs) {
            for (int i = 0; i < epoch.synced(); i++) {
                numbers.add(epoch.first() + i);
            }
        }
        return numbers;
    }

    /** Synced numbers that are not among those received. */
    List<Integer> missing(List<Integer> received) {
        TreeSet<Integer> present = new TreeSet<>(received);
        return synced().stream().filter(number -> !present.contains(number)).toList();
    }

    /** What a kill took was the end of its epoch, never something in between. */
    void assertOnlyTailsAreLost(List<Integer> received, int withheld) {
        TreeSet<Integer> present = new TreeSet<>(received);
        present.add(withheld);
        for (Epoch epoch : epochs) {
            int got = present.subSet(epoch.first(), epoch.end()).size();
            assertThat(present.subSet(epoch.first(), epoch.first() + got))
                    .as("%s lost something in between", epoch)
                    .hasSize(got);
        }
    }

    /**
     * On a connection every message follows its predecessor; a new connection may repeat, but skips
     * nothing.
     *
     * @return how many messages came more than once
     */
    static int assertRepeatsOnlyAfterLostConnections(List<Sink.Received> received, String series) {
        NavigableMap<Integer, List<Integer>> byConnection = new TreeMap<>();
        TreeSet<Integer> present = new TreeSet<>();
        for (Sink.Received one : received) {
            for (int number : Sample.numbers(series, List.of(one.message()))) {
                byConnection.computeIfAbsent(one.connection(), _ -> new ArrayList<>()).add(number);
                present.add(number);
            }
        }
        List<Integer> places = List.copyOf(present);
        int highest = -1;
        int count = 0;
        for (Map.Entry<Integer, List<Integer>> entry : byConnection.entrySet()) {
            int last = -1;
            for (int number : entry.getValue()) {
                int at = Collections.binarySearch(places, number);
                if (last < 0) {
                    assertThat(at)
                            .as("connection %d skips messages before %d", entry.getKey(), number)
                            .isLessThanOrEqualTo(highest + 1);
                } else {
                    assertThat(at)
                            .as("order on connection %d at message %d", entry.getKey(), number)
                            .isEqualTo(last + 1);
                }
                last = at;
                highest = Math.max(highest, at);
                count++;
            }
        }
        return count - present.size();
    }
}
