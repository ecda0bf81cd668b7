package io.sealpost.relay.integrity;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.sealpost.relay.spool.Storage;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** A log with files of 256 hashes and an Ed25519 key, over entries of one number each. */
final class IntegrityRig implements AutoCloseable {
    static final String ORIGIN = "test.example/log";
    static final int SPAN = 256;
    static final LogSigner SIGNER = signer(0);

    final CheckpointStore checkpoints;
    final IntegrityLog log;
    private final MerkleHash hashing = new MerkleHash();

    private IntegrityRig(CheckpointStore checkpoints, IntegrityLog log) {
        this.checkpoints = checkpoints;
        this.log = log;
    }

    static IntegrityRig open(Storage storage) throws IOException {
        CheckpointStore checkpoints = CheckpointStore.open(storage, SIGNER);
        try {
            return new IntegrityRig(checkpoints, IntegrityLog.open(folder(storage), checkpoints));
        } catch (IOException e) {
            checkpoints.close();
            throw e;
        }
    }

    static HashFolder folder(Storage storage) {
        return new HashFolder(storage, HashFolder.PATH, SPAN, Set.of());
    }

    static LogSigner signer(int seed) {
        byte[] octets = new byte[32];
        octets[0] = (byte) seed;
        try {
            return new LogSigner(
                    ORIGIN, List.of(SigningKey.ofSeed(ORIGIN, SignatureType.ED25519, octets)));
        } catch (NoteFormatException e) {
            throw new AssertionError(e);
        }
    }

    byte[] leaves(int from, int to) {
        byte[] leaves = new byte[(to - from) * Hash.OCTETS];
        for (int i = from; i < to; i++) {
            byte[] entry = Integer.toString(i).getBytes(US_ASCII);
            hashing.leaf(entry, 0, entry.length, leaves, (i - from) * Hash.OCTETS);
        }
        return leaves;
    }

    /** Appends the numbers from the log's size on. */
    void appendTo(int size) throws IOException {
        int from = (int) log.size();
        log.append(from, leaves(from, size), size - from);
    }

    StoredCheckpoint checkpoint(long seconds) throws IOException {
        return checkpoints.add(log.sync(), log.size(), seconds);
    }

    @Override
    public void close() throws IOException {
        log.close();
        checkpoints.close();
    }
}
