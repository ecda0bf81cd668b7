package io.sealpost.relay.tls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Who may connect (RFC 5425 §5): names, compared with the DNS names of the certificate, and
 * fingerprints, which vouch for a certificate by themselves. Immutable.
 */
public final class PermittedPeers {
    /** Everybody who is trusted. */
    public static final PermittedPeers ANYBODY = new PermittedPeers(List.of(), Set.of());

    private static final String SHA_256 = "SHA-256";
    private static final String SHA_1 = "SHA-1";
    private static final int SHA_256_DIGITS = 64;
    private static final int SHA_1_DIGITS = 40;
    private static final Pattern FINGERPRINT =
            Pattern.compile("(?i)sha-?(256|1):([0-9a-f]{2}(?::?[0-9a-f]{2})*)");
    private static final Pattern NAME =
            Pattern.compile("(?i)[a-z0-9_*-]{1,63}(?:\\.[a-z0-9_*-]{1,63})*");
    private static final Integer DNS_NAME = 2;

    private final List<Pattern> names;

    /** Hash and lower-case hexadecimal, such as {@code SHA-1:0a1b}. */
    private final Set<String> fingerprints;

    private PermittedPeers(List<Pattern> names, Set<String> fingerprints) {
        this.names = List.copyOf(names);
        this.fingerprints = Set.copyOf(fingerprints);
    }

    /**
     * The peers as they are written in the conf file.
     *
     * @throws IllegalArgumentException with what is wrong and what would be right
     */
    public static PermittedPeers of(Collection<String> entries) {
        List<Pattern> names = new ArrayList<>();
        Set<String> fingerprints = new HashSet<>();
        for (String entry : entries) {
            if (entry.indexOf(':') >= 0) {
                fingerprints.add(fingerprint(entry));
            } else {
                names.add(name(entry));
            }
        }
        return new PermittedPeers(names, fingerprints);
    }

    private static String fingerprint(String entry) {
        Matcher matcher = FINGERPRINT.matcher(entry);
        if (matcher.matches()) {
            String digits = matcher.group(2).replace(":", "").toLowerCase(Locale.ROOT);
            boolean long256 = matcher.group(1).equals("256");
            if (digits.length() == (long256 ? SHA_256_DIGITS : SHA_1_DIGITS)) {
                return (long256 ? SHA_256 : SHA_1) + ":" + digits;
            }
        }
        throw new IllegalArgumentException(
                "\""
                        + entry
                        + "\" is no fingerprint, write SHA256: and 64 or SHA1: and 40"
                        + " hexadecimal digits");
    }

    private static Pattern name(String entry) {
        if (!NAME.matcher(entry).matches()) {
            throw new IllegalArgumentException(
                    "\""
                            + entry
                            + "\" is no name of a host, write \"web1.example.com\" or"
                            + " \"*.example.com\"");
        }
        String regex = entry.replace(".", "\\.").replace("*", "[^.]*");
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }

    /** Whether nobody is named, so that all who are trusted are permitted. */
    boolean anybody() {
        return names.isEmpty() && fingerprints.isEmpty();
    }

    boolean hasFingerprints() {
        return !fingerprints.isEmpty();
    }

    /** Whether the certificate itself is permitted, whoever signed it. */
    boolean pins(X509Certificate certificate) {
        return !fingerprints.isEmpty()
                && (fingerprints.contains(fingerprint(certificate, SHA_256))
                        || fingerprints.contains(fingerprint(certificate, SHA_1)));
    }

    /** Whether a certificate of a trusted authority is permitted by its names. */
    boolean admits(X509Certificate certificate) {
        if (anybody()) {
            return true;
        }
        return namesOf(certificate).stream()
                .anyMatch(own -> names.stream().anyMatch(name -> name.matcher(own).matches()));
    }

    /** The DNS names of the certificate; where it has none, its common name. */
    static List<String> namesOf(X509Certificate certificate) {
        List<String> found = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> alternative : alternatives) {
                    if (DNS_NAME.equals(alternative.get(0))) {
                        found.add(String.valueOf(alternative.get(1)));
                    }
                }
            }
        } catch (CertificateParsingException _) {
            return List.of();
        }
        return found.isEmpty() ? commonNames(certificate) : found;
    }

    private static List<String> commonNames(X509Certificate certificate) {
        try {
            return new LdapName(certificate.getSubjectX500Principal().getName())
                    .getRdns().reversed().stream()
                            .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
                            .map(Rdn::getValue)
                            .filter(String.class::isInstance)
                            .map(String.class::cast)
                            .limit(1)
                            .toList();
        } catch (InvalidNameException _) {
            return List.of();
        }
    }

    /** As an operator may write it into the conf file. */
    static String written(X509Certificate certificate) {
        return fingerprint(certificate, SHA_256).replace("SHA-", "SHA");
    }

    private static String fingerprint(X509Certificate certificate, String hash) {
        try {
            byte[] digest = MessageDigest.getInstance(hash).digest(certificate.getEncoded());
            return hash + ":" + HexFormat.of().formatHex(digest);
        } catch (CertificateEncodingException | NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
