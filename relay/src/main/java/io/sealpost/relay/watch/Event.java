package io.sealpost.relay.watch;

import java.util.ArrayList;
import java.util.List;

/**
 * Something that happened to the relay, told once.
 *
 * @param subject the listener or upstream it is about, by its name in the conf file; empty where it
 *     is the relay
 * @param text for people, one sentence
 * @param parameters for programs
 * @param leftOut events like it that were not told before it
 */
public record Event(
        EventKind kind, String subject, String text, List<Parameter> parameters, long leftOut) {
    /** Name and value of a parameter (RFC 5424 §6.3.3); the name is one of ours. */
    public record Parameter(String name, String value) {}

    public Event {
        parameters = List.copyOf(parameters);
    }

    /** An event about the relay. */
    public static Event of(EventKind kind, String text) {
        return new Event(kind, "", text, List.of(), 0);
    }

    /** An event about a listener. */
    public static Event ofListener(EventKind kind, String listener, String text) {
        return new Event(kind, listener, text, List.of(new Parameter("listener", listener)), 0);
    }

    /** An event about an upstream. */
    public static Event ofUpstream(EventKind kind, String upstream, String text) {
        return new Event(kind, upstream, text, List.of(new Parameter("upstream", upstream)), 0);
    }

    /** The same with one more parameter. */
    public Event with(String name, String value) {
        List<Parameter> more = new ArrayList<>(parameters);
        more.add(new Parameter(name, value));
        return new Event(kind, subject, text, more, leftOut);
    }

    /** The same with a number. */
    public Event with(String name, long value) {
        return with(name, Long.toString(value));
    }

    /** The same after so many more that were not told. */
    public Event after(long notTold) {
        return new Event(kind, subject, text, parameters, leftOut + notTold);
    }
}
