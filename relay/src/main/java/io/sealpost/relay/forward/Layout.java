package io.sealpost.relay.forward;

/**
 * How messages stand in a stream or file.
 *
 * @param format what stands there of each
 * @param framing how they are told apart
 */
public record Layout(Format format, Framing framing) {
    /** Whether this is what lies in the spool, octet by octet. */
    boolean asSpooled() {
        return format == Format.RFC5424 && framing == Framing.OCTET_COUNTING;
    }
}
