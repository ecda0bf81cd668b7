package io.sealpost.relay.config;

import java.util.List;
import java.util.TreeSet;

/** Collects what is wrong; each thing once. */
final class Problems {
    private final TreeSet<ConfigProblem> all = new TreeSet<>();

    void add(Place place, String message) {
        all.add(new ConfigProblem(place.file(), place.line(), message));
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Sorted by file and line. */
    List<ConfigProblem> sorted() {
        return List.copyOf(all);
    }
}
