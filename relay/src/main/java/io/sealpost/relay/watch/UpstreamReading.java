package io.sealpost.relay.watch;

/**
 * One upstream at one moment.
 *
 * @param account its messages, at one synced position
 * @param lagSeconds age of the oldest message that waits, 0 if none
 * @param unconfirmed messages sent but not confirmed
 * @param resent messages sent again after lost connections
 * @param connected whether it is connected, or its file open
 */
public record UpstreamReading(
        Account account, double lagSeconds, long unconfirmed, long resent, boolean connected) {}
