package io.sealpost.relay.route;

/**
 * Where messages go.
 *
 * @param label its name or number; messages it drops are counted under it
 * @param match which messages take it
 * @param upstreams bit n set: to the upstream with number n; 0 drops
 * @param goesOn whether messages that took it also try the routes behind it
 */
public record Route(String label, Match match, long upstreams, boolean goesOn) {}
