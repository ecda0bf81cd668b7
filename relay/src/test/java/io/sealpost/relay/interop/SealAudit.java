package io.sealpost.relay.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.integrity.BatchEntry;
import io.sealpost.relay.integrity.CheckpointMessage;
import io.sealpost.relay.integrity.CheckpointStore;
import io.sealpost.relay.integrity.Entry;
import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.HashReader;
import io.sealpost.relay.integrity.IntegrityLog;
import io.sealpost.relay.integrity.KeyFile;
import io.sealpost.relay.integrity.MerkleHash;
import io.sealpost.relay.integrity.MetadataReader;
import io.sealpost.relay.spool.FileStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Holds an archive that has everything against the integrity log of the relay that wrote it. */
final class SealAudit {
    private SealAudit() {}

    /**
     * Asserts that the log has every line, in this order, and nothing else but metadata; the last
     * lines after a stop are not sealed before the next start.
     *
     * @param data folder of a relay that has stopped
     */
    static void assertSealed(Path data, List<String> archive) throws IOException {
        FileStorage storage = FileStorage.at(data);
        try (CheckpointStore checkpoints =
                        CheckpointStore.open(
                                storage, KeyFile.read(data.resolve("integrity").resolve("key")));
                IntegrityLog log = IntegrityLog.open(storage, checkpoints);
                HashReader hashes = log.reader();
                MetadataReader metadata = MetadataReader.of(storage, log.size())) {
            Iterator<String> lines = archive.iterator();
            MerkleHash hashing = new MerkleHash();
            long leaf = 0;
            long sequence = 0;
            for (Optional<BatchEntry> e = metadata.next(); e.isPresent(); e = metadata.next()) {
                BatchEntry entry = e.get();
                assertThat(entry.firstSequence())
                        .as("sequence behind leaf %d", leaf)
                        .isEqualTo(sequence);
                byte[] kept = new byte[(entry.count() + 1) * Hash.OCTETS];
                hashes.read(0, entry.firstIndex(), entry.count() + 1, kept, 0);
                for (int i = 0; i < entry.count(); i++) {
                    String line = lines.next();
                    byte[] message = line.getBytes(UTF_8);
                    assertThat(hashing.leaf(Entry.ofMessage(message, 0, message.length)))
                            .as("leaf %d: %s", leaf + i, line)
                            .isEqualTo(Hash.at(kept, i * Hash.OCTETS));
                }
                assertThat(hashing.leaf(entry.encode()))
                        .isEqualTo(Hash.at(kept, entry.count() * Hash.OCTETS));
                leaf = entry.endLeaf();
                sequence += entry.count();
            }
            assertThat(leaf).isEqualTo(log.size());
            lines.forEachRemaining(
                    line -> {
                        byte[] message = line.getBytes(UTF_8);
                        assertThat(CheckpointMessage.find(message, 0, message.length))
                                .as("not sealed: %s", line)
                                .isPresent();
                    });
        }
    }
}
