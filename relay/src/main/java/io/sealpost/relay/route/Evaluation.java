package io.sealpost.relay.route;

import io.sealpost.protocol.message.MessageScan;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

/**
 * Evaluates rules on one message after the other, without allocation. Confined to one event loop.
 *
 * <p>A regular expression that takes too many steps on a text counts as not found there and is
 * counted, see {@link #givenUp}.
 */
public final class Evaluation {
    private static final long[] NO_FACTS = {};

    private final Rules rules;
    private final Rules.CompiledRewrite[] rewrites;
    private final Redactor[][] redactors;
    private final Rules.Compiled[] routes;
    private final OctetText text = new OctetText();
    private final Matcher[] matchers;
    private final int[] droppedBy;

    private MessageScan scan = new MessageScan();
    private long[] facts = NO_FACTS;
    private boolean textShown;
    private int dropper;
    private int givenUp;
    private int givenUpBefore;
    private String givenUpPattern = "";

    Evaluation(Rules rules) {
        this.rules = rules;
        this.rewrites = rules.rewrites().toArray(Rules.CompiledRewrite[]::new);
        this.redactors =
                rules.rewrites().stream()
                        .map(
                                each ->
                                        each.rewrite().redactions().stream()
                                                .map(Redactor::new)
                                                .toArray(Redactor[]::new))
                        .toArray(Redactor[][]::new);
        this.routes = rules.routes().toArray(Rules.Compiled[]::new);
        this.matchers =
                rules.patterns().stream()
                        .map(pattern -> pattern.matcher(text))
                        .toArray(Matcher[]::new);
        this.droppedBy = new int[routes.length + 1];
    }

    /** What is evaluated. */
    public Rules rules() {
        return rules;
    }

    /** Turns to this message, of a sender of whom these facts hold. */
    public void begin(MessageScan message, long[] senderFacts) {
        scan = message;
        facts = senderFacts;
        textShown = false;
        givenUpBefore = givenUp;
    }

    /** Takes back what was counted since {@link #begin}: the message will come again. */
    public void takeBack() {
        givenUp = givenUpBefore;
    }

    /** Has all rewrites that match change the message, before anybody asks for its upstreams. */
    public void rewrite() {
        for (int i = 0; i < rewrites.length; i++) {
            Rules.CompiledRewrite each = rewrites[i];
            if (each.condition().matches(this)) {
                each.rewrite().changeHeader(scan);
                for (Redactor redactor : redactors[i]) {
                    if (redactor.redact(scan)) {
                        giveUp(redactor.pattern());
                    }
                    textShown = false;
                }
            }
        }
    }

    private void giveUp(String pattern) {
        givenUp++;
        givenUpPattern = pattern;
    }

    /** The upstreams that get the message; none: it is to be dropped. */
    public long upstreams() {
        long upstreams = 0;
        dropper = routes.length;
        for (int i = 0; i < routes.length; i++) {
            Rules.Compiled route = routes[i];
            if (!route.condition().matches(this)) {
                continue;
            }
            upstreams |= route.route().upstreams();
            if (route.route().upstreams() == 0) {
                dropper = i;
            }
            if (!route.route().goesOn()) {
                break;
            }
        }
        return upstreams;
    }

    /** The routes that the message takes. */
    public List<Route> taken() {
        List<Route> taken = new ArrayList<>();
        for (Rules.Compiled compiled : routes) {
            if (compiled.condition().matches(this)) {
                taken.add(compiled.route());
                if (!compiled.route().goesOn()) {
                    break;
                }
            }
        }
        return taken;
    }

    /** Counts the message, which no upstream gets, as dropped. */
    public void drop() {
        droppedBy[dropper]++;
    }

    /** Kinds of drops: one for each route, and one for messages that match none. */
    public int dropReasons() {
        return droppedBy.length;
    }

    /** Name of this kind of drop. */
    public String dropReason(int index) {
        return index < routes.length ? routes[index].route().label() : Rules.NO_ROUTE;
    }

    /** Messages dropped so since the last call. */
    public int takeDropped(int index) {
        int dropped = droppedBy[index];
        droppedBy[index] = 0;
        return dropped;
    }

    /** Searches given up since the last call, because they took too many steps. */
    public int takeGivenUp() {
        int count = givenUp;
        givenUp = 0;
        return count;
    }

    /** The regular expression that was given up last. */
    public String givenUp() {
        return givenUpPattern;
    }

    MessageScan scan() {
        return scan;
    }

    boolean holds(int fact) {
        return (facts[fact >> 6] >>> fact & 1) != 0;
    }

    /** Whether the pattern is found in MSG. */
    boolean findsInText(int pattern) {
        if (!textShown) {
            byte[] b = scan.bodySource();
            int from = scan.textOffset();
            int to = from + scan.textLength();
            text.show(b, from + byteOrderMark(b, from, to), to);
            textShown = true;
        }
        return find(matchers[pattern]);
    }

    private static int byteOrderMark(byte[] b, int from, int to) {
        boolean mark =
                to - from >= 3
                        && b[from] == (byte) 0xEF
                        && b[from + 1] == (byte) 0xBB
                        && b[from + 2] == (byte) 0xBF;
        return mark ? 3 : 0;
    }

    private boolean find(Matcher matcher) {
        text.allowSteps();
        try {
            return matcher.reset().find();
        } catch (TooManyStepsException | StackOverflowError _) {
            // alternatives in a group recurse once per repetition: a long text can end the stack
            giveUp(matcher.pattern().pattern());
            return false;
        }
    }
}
