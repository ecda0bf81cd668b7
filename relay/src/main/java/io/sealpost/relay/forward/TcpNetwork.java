package io.sealpost.relay.forward;

import io.netty.channel.EventLoopGroup;
import java.util.random.RandomGenerator;

/**
 * What all TCP upstreams make their connections with.
 *
 * @param group epoll event loops, shared with the listeners
 * @param random spreads retries, so that many senders do not return at once; must be thread-safe
 */
public record TcpNetwork(EventLoopGroup group, RandomGenerator random) {}
