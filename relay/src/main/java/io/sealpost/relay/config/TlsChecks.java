package io.sealpost.relay.config;

import java.util.List;

/** Rules that need more than one key of a {@code tls} block. */
final class TlsChecks {
    private final String path;
    private final Block tls;
    private final Problems problems;
    private final List<String> peers;
    private final boolean trusts;

    /**
     * @param path of the block, with a last dot
     */
    TlsChecks(String path, Block tls, Problems problems) {
        this.path = path;
        this.tls = tls;
        this.problems = problems;
        peers = tls.list("permitted-peers", String.class);
        trusts = tls.isWritten("trust");
    }

    void listener() {
        boolean asks =
                tls.find("client-auth", RelayConfig.ClientAuth.class)
                        .map(auth -> auth != RelayConfig.ClientAuth.NONE)
                        .orElse(trusts);
        if (asks && !trusts && !fingerprintsAlone()) {
            add("client-auth", "nobody is trusted, write trust = \"clients-ca.pem\"");
        }
        if (!asks && trusts) {
            add(
                    "trust",
                    "is for nothing with client-auth = none, take it out or write client-auth ="
                            + " require");
        }
        if (!asks && !peers.isEmpty()) {
            add("permitted-peers", "nobody is asked, write client-auth = require");
        }
        revocations("clients-ca.pem");
    }

    void upstream() {
        if (!trusts && !fingerprintsAlone()) {
            add(
                    "trust",
                    "nobody is trusted, write trust = \"ca.pem\" or permitted-peers ="
                            + " [\"SHA256:...\"] with the server's fingerprint");
        }
        pair("certificate", "key", "client.key");
        pair("key", "certificate", "client.pem");
        revocations("ca.pem");
    }

    private void pair(String one, String other, String example) {
        if (tls.isWritten(one) && !tls.isWritten(other)) {
            add(one, "goes with " + other + ", write " + other + " = \"" + example + "\"");
        }
    }

    private void revocations(String example) {
        if (tls.isWritten("crl") && !trusts) {
            add("crl", "counts for authorities, write trust = \"" + example + "\"");
        }
    }

    private boolean fingerprintsAlone() {
        return !peers.isEmpty() && peers.stream().allMatch(peer -> peer.indexOf(':') >= 0);
    }

    private void add(String key, String problem) {
        problems.add(tls.place(key), path + key + ": " + problem);
    }
}
