package io.sealpost.relay.tls;

import io.netty.util.NetUtil;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;

/**
 * The name or address under which a server is sought (RFC 5425 §5.2, RFC 9525 §6).
 *
 * @param name without brackets around an IPv6 address
 */
public record ServerName(String name) {
    private static final Integer ADDRESS = 7;

    /** As it may be written in the conf file: an address in brackets, a name with a last dot. */
    public static ServerName of(String host) {
        if (host.startsWith("[") && host.endsWith("]")) {
            return new ServerName(host.substring(1, host.length() - 1));
        }
        return new ServerName(host.endsWith(".") ? host.substring(0, host.length() - 1) : host);
    }

    /** Asks the server for this name (SNI, RFC 6066 §3), unless it is an address. */
    public SSLParameters addedTo(SSLParameters parameters) {
        // TLS libraries do so by themselves only for names with a dot
        if (NetUtil.createByteArrayFromIpAddressString(name) != null) {
            return parameters;
        }
        try {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        } catch (IllegalArgumentException _) {
            // it has an octet that SNI does not carry
        }
        return parameters;
    }

    /** Whether the certificate was made for this server. */
    boolean isNamedBy(X509Certificate certificate) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(name);
        if (address != null && hasAddress(certificate, address)) {
            return true;
        }
        return PermittedPeers.namesOf(certificate).stream()
                .anyMatch(own -> address == null ? covers(own) : own.equals(name));
    }

    private static boolean hasAddress(X509Certificate certificate, byte[] address) {
        return addressesOf(certificate).stream()
                .anyMatch(
                        own ->
                                Arrays.equals(
                                        NetUtil.createByteArrayFromIpAddressString(own), address));
    }

    /** A star stands for the whole first label alone. */
    private boolean covers(String own) {
        if (!own.startsWith("*.")) {
            return own.equalsIgnoreCase(name);
        }
        int dot = name.indexOf('.');
        return dot > 0
                && own.indexOf('.', 2) > 0
                && name.substring(dot).equalsIgnoreCase(own.substring(1));
    }

    /** All names and addresses that the certificate was made for. */
    static List<String> namesOf(X509Certificate certificate) {
        List<String> all = new ArrayList<>(PermittedPeers.namesOf(certificate));
        all.addAll(addressesOf(certificate));
        return all;
    }

    private static List<String> addressesOf(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream()
                            .filter(name -> ADDRESS.equals(name.get(0)))
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
        } catch (CertificateParsingException _) {
            return List.of();
        }
    }
}
