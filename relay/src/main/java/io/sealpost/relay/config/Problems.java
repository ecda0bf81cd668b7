package io.sealpost.relay.config;

import java.util.List;
import java.util.TreeSet;

/** Collects what is wrong; each thing once. */
final class Problems {
    private final TreeSet<ConfigProblem> all = new TreeSet<>();

    void add(Place place, String message) {
        all.add(new ConfigProblem(place.file(), place.line(), message));
    }

    /** Whether anything is wrong with a key whose path begins so. */
    boolean mention(String path) {
        return all.stream().anyMatch(problem -> problem.message().startsWith(path));
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Sorted by file and line. */
    List<ConfigProblem> sorted() {
        return List.copyOf(all);
    }
}
