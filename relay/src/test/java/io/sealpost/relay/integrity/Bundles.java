package io.sealpost.relay.integrity;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Entry bundles as octets. */
final class Bundles {
    private Bundles() {}

    static byte[] octets(List<byte[]> entries) {
        try (InputStream in = EntryBundle.stream(entries)) {
            byte[] bundle = in.readAllBytes();
            if (EntryBundle.octets(entries) != bundle.length) {
                throw new AssertionError(EntryBundle.octets(entries) + " are " + bundle.length);
            }
            return bundle;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
