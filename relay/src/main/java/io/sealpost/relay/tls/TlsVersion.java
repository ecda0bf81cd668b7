package io.sealpost.relay.tls;

import java.util.List;

/** Versions of TLS. */
public enum TlsVersion {
    TLS_1_2,
    TLS_1_3;

    /** This one and the newer ones, as the library calls them. */
    List<String> andNewer() {
        return switch (this) {
            case TLS_1_2 -> List.of("TLSv1.2", "TLSv1.3");
            case TLS_1_3 -> List.of("TLSv1.3");
        };
    }
}
