package io.sealpost.relay.config;

import static io.sealpost.relay.config.Schema.MATCH;
import static io.sealpost.relay.config.Schema.MAX_UPSTREAMS;
import static io.sealpost.relay.config.Schema.REQUIRED;
import static io.sealpost.relay.config.Schema.choice;
import static io.sealpost.relay.config.Schema.key;
import static io.sealpost.relay.config.Schema.some;

import io.sealpost.protocol.message.Facility;
import io.sealpost.relay.config.Key.Preset.Described;
import io.sealpost.relay.config.Key.Preset.Written;
import java.util.List;

/** The part of {@link Schema} about routes. */
final class RouteKeys {
    private RouteKeys() {}

    /** In the order of the documentation. */
    static List<Key> keys() {
        return List.of(
                key(
                        "routes[].name",
                        new Kind.Name(),
                        new Described("its number in the list, as in `route-1`"),
                        "What `explain` calls it, and the reason under which messages are counted"
                                + " that it drops."),
                key(
                        MATCH + ".facility",
                        some(choice(Facility.class)),
                        new Described("any"),
                        "The message's facility. All keys of `match` must hold, and of a list one"
                                + " element. Without `match` the route takes every message."),
                key(
                        MATCH + ".severity",
                        some(new Kind.SeverityRange()),
                        new Described("any"),
                        "The message's severity."),
                key(
                        MATCH + ".hostname",
                        some(new Kind.Glob(255)),
                        new Described("any"),
                        "The message's HOSTNAME."),
                key(
                        MATCH + ".app-name",
                        some(new Kind.Glob(48)),
                        new Described("any"),
                        "The message's APP-NAME. `\"-\"` is a message without one."),
                key(
                        MATCH + ".message",
                        some(new Kind.Regex()),
                        new Described("any"),
                        "Found somewhere in MSG. A message on which it takes too many steps"
                                + " (32 looks at each character, and 4096) counts as one without"
                                + " it, and in `sealpost_regex_given_up_total`."),
                key(
                        MATCH + ".listener",
                        some(new Kind.Name()),
                        new Described("any"),
                        "The listener through which the message came."),
                key(
                        MATCH + ".peer",
                        some(new Kind.Net()),
                        new Described("any"),
                        "Where the sender's address lies."),
                key(
                        MATCH + ".not",
                        new Kind.BlockLike(MATCH, false),
                        new Described("nothing"),
                        "What must not hold as a whole."),
                key(
                        MATCH + ".any",
                        new Kind.BlockLike(MATCH, true),
                        new Described("nothing"),
                        "Blocks of which at least one must hold."),
                key(
                        "routes[].to",
                        new Kind.Many(new Kind.Name(), 0, MAX_UPSTREAMS),
                        REQUIRED,
                        "Names of upstreams. `[]` drops the message before it is stored, and"
                                + " counts it under the route's name. The first route that"
                                + " matches decides; a message that matches none is dropped and"
                                + " counted as `no-route`. Without `routes` everything goes to"
                                + " all upstreams."),
                key(
                        "routes[].continue",
                        new Kind.Flag(),
                        new Written("false"),
                        "Whether messages that took this route also try the ones behind it."));
    }
}
