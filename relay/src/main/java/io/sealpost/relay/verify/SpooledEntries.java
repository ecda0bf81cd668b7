package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.BatchEntry;
import io.sealpost.relay.integrity.Entry;
import io.sealpost.relay.integrity.MetadataReader;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StoredMessages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The entries of a log in a data folder, as long as the spool beside it has their messages: those
 * from the segments, metadata from its own files. Going forward is cheap. For one thread at a time.
 */
final class SpooledEntries implements AutoCloseable {
    private final StoredMessages messages;
    private final MetadataReader metadata;

    SpooledEntries(Storage storage) {
        this.messages = new StoredMessages(storage);
        // What is not there is found out when it is read.
        this.metadata = MetadataReader.of(storage, Long.MAX_VALUE);
    }

    /**
     * The entries {@code [first, first + count)}, or empty if one of them is not there any more.
     */
    Optional<List<byte[]>> read(long first, int count) throws IOException {
        List<byte[]> entries = new ArrayList<>(count);
        while (entries.size() < count) {
            long leaf = first + entries.size();
            Optional<BatchEntry> batch = metadata.covering(leaf);
            if (batch.isEmpty()) {
                return Optional.empty();
            }
            long own = batch.get().endLeaf() - 1;
            int some = (int) (Math.min(own, first + count) - leaf);
            long sequence = batch.get().firstSequence() + leaf - batch.get().firstIndex();
            if (!messages.read(
                    sequence,
                    some,
                    (b, at, length) -> entries.add(Entry.ofMessage(b, at, length)))) {
                return Optional.empty();
            }
            if (entries.size() < count) {
                entries.add(batch.get().encode());
            }
        }
        return Optional.of(entries);
    }

    @Override
    public void close() throws IOException {
        metadata.close();
    }
}
