package io.sealpost.relay.config;

import static io.sealpost.relay.config.Schema.MATCH;
import static io.sealpost.relay.config.Schema.choice;
import static io.sealpost.relay.config.Schema.key;
import static io.sealpost.relay.config.Schema.some;

import io.sealpost.protocol.message.Facility;
import io.sealpost.protocol.message.Severity;
import io.sealpost.relay.config.Key.Preset.Described;
import java.util.List;

/** The part of {@link Schema} about rewrites. */
final class RewriteKeys {
    private static final String SET = "rewrite[].set.";
    private static final String MAP = "rewrite[].map.";
    private static final Described STAYS = new Described("stays as it is");

    private RewriteKeys() {}

    /** In the order of the documentation. */
    static List<Key> keys() {
        return List.of(
                key(
                        "rewrite[].match",
                        new Kind.BlockLike(MATCH, false),
                        new Described("every message"),
                        "Which messages the rule changes, as in routes. Every rule that matches acts,"
                                + " in the order of the list, on what the ones before it left;"
                                + " routes see the result. Messages that are changed so are counted as"
                                + " `rewritten`."),
                key(SET + "facility", choice(Facility.class), STAYS, "The new facility."),
                key(SET + "severity", choice(Severity.class), STAYS, "The new severity."),
                key(SET + "hostname", new Kind.Word(255), STAYS, "The new HOSTNAME."),
                key(SET + "app-name", new Kind.Word(48), STAYS, "The new APP-NAME."),
                key(
                        MAP + "facility",
                        some(new Kind.Mapping(choice(Facility.class))),
                        STAYS,
                        "The new facility by the old one; others stay."),
                key(
                        MAP + "severity",
                        some(new Kind.Mapping(choice(Severity.class))),
                        STAYS,
                        "The new severity by the old one; others stay."),
                key(
                        MAP + "hostname",
                        some(new Kind.Mapping(new Kind.Word(255))),
                        STAYS,
                        "The new HOSTNAME by the old one, upper and lower case alike."),
                key(
                        MAP + "app-name",
                        some(new Kind.Mapping(new Kind.Word(48))),
                        STAYS,
                        "The new APP-NAME by the old one, upper and lower case alike; `-` is a"
                                + " message without one."),
                key(
                        "rewrite[].redact",
                        some(new Kind.Regex()),
                        new Described("nothing"),
                        "What nobody is to see: all that is found in MSG and in the values of"
                                + " structured data is replaced before the message is stored. It"
                                + " is marked and counted as `redacted`, and how it was received"
                                + " is kept nowhere. A text on which the expression takes too"
                                + " many steps is replaced as a whole. Of a message that"
                                + " `max-message-size` cuts only what is kept is looked at: a"
                                + " secret cut in two is not found."),
                key(
                        "rewrite[].redact-with",
                        new Kind.Replacement(),
                        new Described("`***`"),
                        "What stands there instead."));
    }
}
