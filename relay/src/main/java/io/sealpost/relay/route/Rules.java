package io.sealpost.relay.route;

import java.net.InetAddress;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * All rules of a conf file, compiled. Immutable; shared by all event loops, each with its own
 * {@link Evaluation}, and replaced as a whole when the conf file changes.
 */
public final class Rules {
    /** Reason under which messages are counted that match no route. */
    public static final String NO_ROUTE = "no-route";

    /** A route with its condition. */
    record Compiled(Route route, Condition condition) {}

    /** A rewrite with its condition. */
    record CompiledRewrite(Rewrite rewrite, Condition condition) {}

    private final List<CompiledRewrite> rewrites;
    private final List<Compiled> routes;
    private final List<Pattern> patterns;
    private final List<Compiler.SenderTest> senderTests;

    private Rules(List<CompiledRewrite> rewrites, List<Compiled> routes, Compiler compiler) {
        this.rewrites = List.copyOf(rewrites);
        this.routes = List.copyOf(routes);
        this.patterns = List.copyOf(compiler.patterns());
        this.senderTests = List.copyOf(compiler.senderTests());
    }

    /** Everything goes to all of these upstreams: bit n is the upstream with number n. */
    public static Rules everywhere(long upstreams) {
        return of(List.of(everywhereRoute(upstreams)));
    }

    /** The one route to all of these upstreams. */
    public static Route everywhereRoute(long upstreams) {
        return new Route("everywhere", Match.EVERYTHING, upstreams, false);
    }

    /** These routes, in their order. */
    public static Rules of(List<Route> routes) {
        return of(List.of(), routes);
    }

    /** These rewrites, all that match and in their order, and then these routes. */
    public static Rules of(List<Rewrite> rewrites, List<Route> routes) {
        Compiler compiler = new Compiler();
        List<CompiledRewrite> compiledRewrites =
                rewrites.stream()
                        .map(
                                rewrite ->
                                        new CompiledRewrite(
                                                rewrite, compiler.condition(rewrite.match())))
                        .toList();
        List<Compiled> compiled =
                routes.stream()
                        .map(route -> new Compiled(route, compiler.condition(route.match())))
                        .toList();
        return new Rules(compiledRewrites, compiled, compiler);
    }

    /** A way to evaluate them, for one event loop. */
    public Evaluation evaluation() {
        return new Evaluation(this);
    }

    /**
     * What the rules ask of senders, answered for this one: bit n is question n.
     *
     * @param peer null where it has no address: then it lies in no network
     */
    public long[] facts(String listener, @Nullable InetAddress peer) {
        long[] facts = new long[(senderTests.size() + Long.SIZE - 1) / Long.SIZE];
        for (int i = 0; i < senderTests.size(); i++) {
            if (senderTests.get(i).holds(listener, peer)) {
                facts[i / Long.SIZE] |= 1L << i;
            }
        }
        return facts;
    }

    List<CompiledRewrite> rewrites() {
        return rewrites;
    }

    List<Compiled> routes() {
        return routes;
    }

    List<Pattern> patterns() {
        return patterns;
    }
}
