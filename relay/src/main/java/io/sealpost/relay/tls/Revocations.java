package io.sealpost.relay.tls;

import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/**
 * Certificates that their authorities have taken back (RFC 5280 §5). A list that is out of date
 * still counts: without it even more would be taken. Immutable.
 */
final class Revocations {
    static final Revocations NONE = new Revocations(List.of());

    private final List<X509CRL> lists;

    private Revocations(List<X509CRL> lists) {
        this.lists = List.copyOf(lists);
    }

    /** The lists of the file, each signed by one of the authorities. */
    static Revocations of(PemFile file, List<X509Certificate> authorities) throws TlsFileException {
        List<X509CRL> lists = file.revocationLists();
        for (X509CRL list : lists) {
            if (authorities.stream().noneMatch(authority -> signed(list, authority))) {
                throw file.wrong(
                        "is not signed by an authority in trust but by "
                                + list.getIssuerX500Principal().getName());
            }
        }
        return new Revocations(lists);
    }

    private static boolean signed(X509CRL list, X509Certificate authority) {
        if (!list.getIssuerX500Principal().equals(authority.getSubjectX500Principal())) {
            return false;
        }
        try {
            list.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    /** Whether its authority has taken it back. */
    boolean contain(X509Certificate certificate) {
        return lists.stream()
                .anyMatch(
                        list ->
                                list.getIssuerX500Principal()
                                                .equals(certificate.getIssuerX500Principal())
                                        && list.isRevoked(certificate));
    }

    /** A sentence on each list that should have been replaced by now. */
    List<String> outOfDate(Instant now) {
        List<String> sentences = new ArrayList<>();
        for (X509CRL list : lists) {
            Date next = list.getNextUpdate();
            if (next != null && next.toInstant().isBefore(now)) {
                sentences.add(
                        "the revocation list of "
                                + list.getIssuerX500Principal().getName()
                                + " is out of date since "
                                + next.toInstant()
                                + ", what was revoked later is taken; get a new one");
            }
        }
        return sentences;
    }
}
