package io.sealpost.relay.integrity;

import io.sealpost.relay.spool.Source;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** How the source of messages stands in an entry of metadata. */
final class EntrySource {
    private static final int NO_CERTIFICATE = 0;
    private static final int SHA_256 = 1;
    private static final int OTHER_TEXT = 2;
    private static final int IPV4_OCTETS = 4;
    private static final int IPV6_OCTETS = 16;
    private static final Pattern HEX_HASH = Pattern.compile("[0-9a-f]{64}");
    private static final Source.Transport[] TRANSPORTS = Source.Transport.values();

    private EntrySource() {}

    @SuppressWarnings("EnumOrdinal") // Source.Transport: the order is the number on disk
    static void write(Source source, EntryWriter out) {
        out.octet(source.transport().ordinal());
        InetAddress address = source.peer().getAddress();
        byte[] octets = address == null ? new byte[0] : address.getAddress();
        out.octet(octets.length);
        out.octets(octets);
        out.octet(source.peer().getPort() >> Byte.SIZE);
        out.octet(source.peer().getPort());
        out.number(source.connection());
        out.text(source.listener());
        String certificate = source.certificateHash();
        if (certificate.isEmpty()) {
            out.octet(NO_CERTIFICATE);
        } else if (HEX_HASH.matcher(certificate).matches()) {
            out.octet(SHA_256);
            out.octets(HexFormat.of().parseHex(certificate));
        } else {
            out.octet(OTHER_TEXT);
            out.text(certificate);
        }
    }

    static Source read(EntryReader in) {
        int transport = in.octet();
        byte[] address = in.octets(in.octet());
        int port = in.octet() << Byte.SIZE | in.octet();
        long connection = in.number();
        String listener = in.text();
        String certificate =
                switch (in.octet()) {
                    case NO_CERTIFICATE -> Source.NO_CERTIFICATE;
                    case SHA_256 -> HexFormat.of().formatHex(in.octets(Hash.OCTETS));
                    default -> in.text();
                };
        if (transport >= TRANSPORTS.length) {
            in.refuse();
            transport = 0;
        }
        return new Source(
                listener, TRANSPORTS[transport], peer(address, port), connection, certificate);
    }

    private static InetSocketAddress peer(byte[] address, int port) {
        if (address.length == IPV4_OCTETS || address.length == IPV6_OCTETS) {
            try {
                return new InetSocketAddress(InetAddress.getByAddress(address), port);
            } catch (UnknownHostException e) {
                throw new IllegalStateException("the length was right", e);
            }
        }
        return InetSocketAddress.createUnresolved("", port);
    }
}
