package io.sealpost.relay.spool;

/**
 * A numbered stream of messages that another relay sends, as this one knows it. Immutable.
 *
 * @param id as the sender calls it
 * @param principal who may speak for it: the SHA-256 of its certificate, or its address
 */
public record StreamKey(String id, String principal) {
    /** The stream that messages of this source belong to. */
    public static StreamKey of(Source source) {
        boolean certified = !source.certificateHash().isEmpty();
        return new StreamKey(
                source.stream(),
                certified ? source.certificateHash() : source.peer().getAddress().getHostAddress());
    }
}
