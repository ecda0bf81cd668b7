package io.sealpost.relay.spool;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The name of a data folder that no other has: 16 random octets in {@code data-dir/identity}, made
 * when they are first asked for. Thread-safe. Format: docs/format/identity.md.
 */
final class FolderIdentity {
    static final String PATH = "identity";
    static final int OCTETS = 16;
    private static final int SLOT_BYTES = 4096;

    private final Storage storage;
    private @Nullable String known;

    FolderIdentity(Storage storage) {
        this.storage = storage;
    }

    /** In hexadecimal; durable. */
    synchronized String get() throws IOException {
        String name = known;
        if (name == null) {
            try (TwoSlotFile file = TwoSlotFile.open(storage, PATH, SLOT_BYTES)) {
                byte[] octets = file.read().orElseGet(FolderIdentity::random);
                file.write(octets);
                name = HexFormat.of().formatHex(octets);
            }
            known = name;
        }
        return name;
    }

    private static byte[] random() {
        byte[] octets = new byte[OCTETS];
        new SecureRandom().nextBytes(octets);
        return octets;
    }
}
