package io.sealpost.relay.verify;

import java.util.ArrayList;
import java.util.List;

/** Keeps what is found. */
public final class CollectedFindings extends Findings {
    final List<Finding> all = new ArrayList<>();
    final List<String> good = new ArrayList<>();
    final List<String> unchecked = new ArrayList<>();

    @Override
    protected void show(Finding finding) {
        all.add(finding);
    }

    @Override
    public void good(String text) {
        good.add(text);
    }

    @Override
    public void unchecked(String what, String why) {
        unchecked.add(what);
    }

    @Override
    public void progress(String what, long done, long all) {}

    /** Kind and index of each. */
    List<String> brief() {
        return all.stream()
                .map(f -> f.kind() + " " + f.index() + (f.count() > 1 ? " x" + f.count() : ""))
                .toList();
    }
}
