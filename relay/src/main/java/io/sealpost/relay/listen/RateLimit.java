package io.sealpost.relay.listen;

/**
 * What each source of a listener may send.
 *
 * @param perSecond messages a second in the long run
 * @param burst messages at once
 */
public record RateLimit(int perSecond, int burst) {
    public RateLimit {
        if (perSecond < 1 || burst < 1) {
            throw new IllegalArgumentException("a rate limit lets at least one message in");
        }
    }
}
