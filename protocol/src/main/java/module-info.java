import org.jspecify.annotations.NullMarked;

/**
 * Syslog without I/O: messages, parsers, encoder, framing and RELP over byte arrays. No threads, no
 * clock, no sockets; time and peer are arguments.
 */
@NullMarked
module io.sealpost.protocol {
    requires static transitive org.jspecify;

    exports io.sealpost.protocol.message;
    exports io.sealpost.protocol.parse;
    exports io.sealpost.protocol.encode;
    exports io.sealpost.protocol.frame;
    exports io.sealpost.protocol.relp;
}
