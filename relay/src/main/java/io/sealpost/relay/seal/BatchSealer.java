package io.sealpost.relay.seal;

import io.sealpost.relay.integrity.BatchEntry;
import io.sealpost.relay.integrity.Entry;
import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.IntegrityLog;
import io.sealpost.relay.integrity.MerkleHash;
import io.sealpost.relay.spool.BatchReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Puts batches of the spool into the log: a leaf for each message, and one of metadata behind them.
 * The same batches give the same leaves, whenever that happens. Allocates nothing per message.
 * Confined to one thread.
 */
final class BatchSealer {
    /** Leaves that are handed over at once. */
    private static final int LEAVES = 4096;

    private final IntFunction<String> upstreamName;
    private final MerkleHash hashing = new MerkleHash();
    private final byte[] leaves = new byte[LEAVES * Hash.OCTETS];
    private int count;
    private int at;

    /**
     * A sealer.
     *
     * @param upstreamName by number, as it is to stand in the metadata
     */
    BatchSealer(IntFunction<String> upstreamName) {
        this.upstreamName = upstreamName;
    }

    /** Puts the batch that was read last behind what the log has; returns its runs. */
    List<BatchEntry.Run> seal(BatchReader batch, LogFiles files) throws IOException {
        List<BatchEntry.Run> runs = runs(batch);
        BatchEntry whole =
                new BatchEntry(
                        files.log().size(),
                        batch.firstSequence(),
                        batch.appendMicros(),
                        runs,
                        changes(batch),
                        BatchEntry.upstreamsOf(runs, upstreamName));
        at = batch.framesOffset();
        for (BatchEntry part : whole.parts()) {
            sealMessages(batch, part.count(), files.log());
            byte[] entry = part.encode();
            add(files.log());
            hashing.leaf(entry, 0, entry.length, leaves, count * Hash.OCTETS);
            count++;
            append(files.log());
            files.metadata().add(entry, part.endLeaf());
        }
        return runs;
    }

    private void sealMessages(BatchReader batch, int messages, IntegrityLog log)
            throws IOException {
        byte[] octets = batch.octets();
        for (int i = 0; i < messages; i++) {
            int length = 0;
            for (byte digit = octets[at++]; digit != ' '; digit = octets[at++]) {
                length = length * 10 + digit - '0';
            }
            add(log);
            // Over the end of the octet count, which has two octets at least and is done with.
            Entry.leafInPlace(hashing, octets, at, length, leaves, count * Hash.OCTETS);
            count++;
            at += length;
        }
    }

    /** Makes room for one more leaf. */
    private void add(IntegrityLog log) throws IOException {
        if (count == LEAVES) {
            append(log);
        }
    }

    private void append(IntegrityLog log) throws IOException {
        int some = count;
        count = 0;
        log.append(log.size(), leaves, some);
    }

    private static List<BatchEntry.Run> runs(BatchReader batch) {
        List<BatchEntry.Run> runs = new ArrayList<>();
        for (BatchReader.Run run : batch.runs()) {
            runs.add(
                    new BatchEntry.Run(
                            run.source(),
                            run.receivedMicros(),
                            run.ordinal(),
                            run.count(),
                            run.upstreams()));
        }
        return runs;
    }

    private List<BatchEntry.Change> changes(BatchReader batch) {
        List<BatchEntry.Change> changes = new ArrayList<>();
        for (BatchReader.Change change : batch.changes()) {
            Optional<Hash> original =
                    change.originalLength() == 0
                            ? Optional.empty()
                            : Optional.of(
                                    hashing.plain(
                                            batch.octets(),
                                            change.originalOffset(),
                                            change.originalLength()));
            changes.add(
                    new BatchEntry.Change(
                            change.index(), change.form(), change.reasons(), original));
        }
        return changes;
    }
}
