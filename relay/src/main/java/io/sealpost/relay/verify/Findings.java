package io.sealpost.relay.verify;

import java.util.EnumMap;
import java.util.Map;

/** Takes what is found, and counts it. For one thread at a time. */
public abstract class Findings {
    private final Map<Finding.Kind, Long> counts = new EnumMap<>(Finding.Kind.class);

    /** Shows a finding. */
    protected abstract void show(Finding finding);

    /** Tells of something that is as it should be. */
    public abstract void good(String text);

    /**
     * Tells of something that was not looked at.
     *
     * @param what so that it reads on behind "not checked:"
     */
    public abstract void unchecked(String what, String why);

    /** How far the work is: octets done, and octets in all. Called often. */
    public abstract void progress(String what, long done, long all);

    final void add(Finding finding) {
        counts.merge(finding.kind(), finding.count(), Long::sum);
        show(finding);
    }

    /** How many of each kind there are. */
    public final Map<Finding.Kind, Long> counts() {
        return Map.copyOf(counts);
    }

    /** Whether anything shows this. */
    public final boolean has(Finding.Verdict verdict) {
        return counts.keySet().stream().anyMatch(kind -> kind.verdict() == verdict);
    }
}
