package io.sealpost.relay.pipeline;

import io.sealpost.protocol.parse.Origin;
import io.sealpost.relay.route.Rules;
import io.sealpost.relay.spool.Source;

/** Who sends: made once per connection, or per peer of a datagram listener. Thread-safe. */
public final class Sender {
    /** What these rules ask of senders, answered for this one. */
    private static final class Facts {
        private final Rules rules;
        private final long[] bits;

        Facts(Rules rules, long[] bits) {
            this.rules = rules;
            this.bits = bits;
        }
    }

    private static final Facts NONE = new Facts(Rules.everywhere(0), new long[0]);

    private final Source source;
    private final Origin origin;
    private final SourceLimit limit;

    /** Of the rules asked about last. Racing threads find out the same, so it needs no lock. */
    private Facts facts = NONE;

    /**
     * A sender.
     *
     * @param source as kept with the messages
     * @param origin as the parser needs it
     */
    public Sender(Source source, Origin origin) {
        this(source, origin, SourceLimit.NONE);
    }

    /**
     * A sender.
     *
     * @param limit how much it may send
     */
    public Sender(Source source, Origin origin, SourceLimit limit) {
        this.source = source;
        this.origin = origin;
        this.limit = limit;
    }

    /** The same sender, about whom more is known. */
    public Sender with(Source more) {
        return new Sender(more, origin, limit);
    }

    /** As kept with the messages. */
    public Source source() {
        return source;
    }

    /** As the parser needs it. */
    public Origin origin() {
        return origin;
    }

    /** How much it may send. */
    SourceLimit limit() {
        return limit;
    }

    @SuppressWarnings("ReferenceEquality") // rules are replaced as a whole
    long[] facts(Rules rules) {
        Facts known = facts;
        if (known.rules != rules) {
            known = new Facts(rules, rules.facts(source.listener(), source.peer().getAddress()));
            facts = known;
        }
        return known.bits;
    }
}
