package io.sealpost.relay.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sealpost.relay.integrity.BatchEntry;
import io.sealpost.relay.integrity.CheckpointMessage;
import io.sealpost.relay.integrity.CheckpointStore;
import io.sealpost.relay.integrity.Entry;
import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.IntegrityLog;
import io.sealpost.relay.integrity.KeyFile;
import io.sealpost.relay.integrity.LogSigner;
import io.sealpost.relay.integrity.MerkleHash;
import io.sealpost.relay.integrity.MetadataFiles;
import io.sealpost.relay.integrity.StoredCheckpoint;
import io.sealpost.relay.integrity.VerifierKey;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.FileStorage;
import io.sealpost.relay.spool.Source;
import io.sealpost.relay.spool.Source.Transport;
import io.sealpost.relay.spool.SteppedSpool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Makes a sealed log in a data folder as the relay does, and the lines that upstreams get. Upstream
 * 0, {@code archive}, gets everything; upstream 1, {@code half}, every second message.
 */
public final class LogBuilder implements AutoCloseable {
    public static final String ORIGIN = "relay1/sealpost/test";
    public static final long START_MICROS = 1_800_000_000_000_000L;

    /** Messages in a batch, so that its metadata is not too long. */
    private static final int MOST = 1000;

    private static final Source SOURCE =
            new Source("tcp", Transport.TCP, new InetSocketAddress("10.1.2.3", 40_000), 1, "");

    private static final NanoClock STILL =
            new NanoClock() {
                @Override
                public long nanos() {
                    return START_MICROS * 1000;
                }

                @Override
                public long epochMicros() {
                    return START_MICROS;
                }
            };

    private final LogSigner signer;
    private final CheckpointStore checkpoints;
    private final IntegrityLog log;
    private final MetadataFiles metadata;
    private final Optional<SteppedSpool> spool;
    private final MerkleHash hashing = new MerkleHash();
    private final List<byte[]> messages = new ArrayList<>();
    private final List<Long> leaves = new ArrayList<>();
    private long seconds = START_MICROS / 1_000_000;
    private long ordinal = 1;
    private int made;
    private StoredCheckpoint newest;

    private LogBuilder(
            LogSigner signer,
            CheckpointStore checkpoints,
            IntegrityLog log,
            MetadataFiles metadata,
            Optional<SteppedSpool> spool,
            StoredCheckpoint newest) {
        this.signer = signer;
        this.checkpoints = checkpoints;
        this.log = log;
        this.metadata = metadata;
        this.spool = spool;
        this.newest = newest;
    }

    /** A new log in a data folder, with new keys beside it, and without a spool. */
    public static LogBuilder in(Path dataFolder) throws IOException {
        return in(dataFolder, Optional.empty());
    }

    /** The same with a spool that has all messages, in batches of its own. */
    public static LogBuilder spooled(Path dataFolder) throws IOException {
        Files.createDirectories(dataFolder);
        FileStorage storage = FileStorage.at(dataFolder);
        return in(dataFolder, Optional.of(SteppedSpool.open(storage, "archive", STILL)));
    }

    private static LogBuilder in(Path dataFolder, Optional<SteppedSpool> spool) throws IOException {
        Path keys = dataFolder.resolveSibling(dataFolder.getFileName() + ".key");
        Files.createDirectories(dataFolder);
        LogSigner signer = KeyFile.make(keys, ORIGIN, new SecureRandom());
        FileStorage storage = FileStorage.at(dataFolder);
        CheckpointStore checkpoints = CheckpointStore.open(storage, signer);
        IntegrityLog log = IntegrityLog.open(storage, checkpoints);
        StoredCheckpoint first = checkpoints.add(log.sync(), 0, START_MICROS / 1_000_000);
        return new LogBuilder(
                signer, checkpoints, log, MetadataFiles.open(storage, 0), spool, first);
    }

    public LogKeys keys() {
        return new LogKeys(signer.verifiers());
    }

    /** The keys as text, Ed25519 first. */
    public List<String> printedKeys() {
        return signer.verifiers().stream().map(VerifierKey::print).toList();
    }

    /** Adds a batch of messages that differ from all others. */
    public LogBuilder batch(int count) throws IOException {
        List<byte[]> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String text = "<134>1 2027-01-15T08:00:00Z web" + made % 7 + " nginx 1 - - GET /item/";
            batch.add((text + made).getBytes(UTF_8));
            made++;
        }
        return batch(batch);
    }

    /** Adds a batch of these messages. */
    public LogBuilder batch(List<byte[]> batch) throws IOException {
        for (int from = 0; from < batch.size(); from += MOST) {
            add(batch.subList(from, Math.min(batch.size(), from + MOST)));
        }
        return this;
    }

    private void add(List<byte[]> batch) throws IOException {
        long first = log.size();
        List<BatchEntry.Run> runs = new ArrayList<>();
        byte[] hashes = new byte[(batch.size() + 1) * Hash.OCTETS];
        for (int i = 0; i < batch.size(); i++) {
            byte[] message = batch.get(i);
            spool.ifPresent(to -> to.put(new String(message, UTF_8)));
            Entry.leafOfMessage(hashing, message, 0, message.length, hashes, i * Hash.OCTETS);
            int number = messages.size();
            runs.add(
                    new BatchEntry.Run(
                            SOURCE,
                            START_MICROS + 1000L * number,
                            ordinal++,
                            1,
                            number % 2 == 0 ? 3 : 1));
            messages.add(message);
            leaves.add(first + i);
        }
        BatchEntry entry =
                new BatchEntry(
                        first,
                        messages.size() - batch.size(),
                        START_MICROS + 1000L * messages.size(),
                        runs,
                        List.of(),
                        BatchEntry.upstreamsOf(runs, n -> n == 0 ? "archive" : "half"));
        byte[] octets = entry.encode();
        hashing.leaf(octets, 0, octets.length, hashes, batch.size() * Hash.OCTETS);
        log.append(first, hashes, batch.size() + 1);
        metadata.add(octets, entry.endLeaf());
        spool.ifPresent(SteppedSpool::commit);
    }

    /** Signs what there is. */
    public StoredCheckpoint checkpoint() throws IOException {
        metadata.sync();
        newest = checkpoints.add(log.sync(), messages.size(), ++seconds);
        return newest;
    }

    /** Adds the newest checkpoint as a message. */
    public LogBuilder announce() throws IOException {
        CheckpointMessage.Sender sender = new CheckpointMessage.Sender("relay1", "7", 32473);
        return batch(List.of(CheckpointMessage.of(newest.note(), sender, seconds * 1_000_000)));
    }

    /** A log of some batches, a checkpoint behind each, and the checkpoint in the next. */
    public LogBuilder filled(int batches, int count) throws IOException {
        for (int i = 0; i < batches; i++) {
            batch(count);
            checkpoint();
            announce();
        }
        checkpoint();
        return this;
    }

    public List<byte[]> messages() {
        return messages;
    }

    /** Drops hashes of leaves before this one. */
    public void drop(long leaf) throws IOException {
        log.dropBefore(leaf);
    }

    /** Entries that the newest checkpoint is over. */
    public long size() {
        return newest.checkpoint().size();
    }

    /** Which leaf a message is. */
    public long leaf(int message) {
        return leaves.get(message);
    }

    /** Messages one a line. */
    public static byte[] lines(List<byte[]> messages) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            out.writeBytes(message);
            out.write('\n');
        }
        return out.toByteArray();
    }

    /** Messages octet-counted. */
    public static byte[] counted(List<byte[]> messages) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            out.writeBytes((message.length + " ").getBytes(UTF_8));
            out.writeBytes(message);
        }
        return out.toByteArray();
    }

    /** The messages whose numbers are wanted. */
    public List<byte[]> only(IntPredicate wanted) {
        List<byte[]> some = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            if (wanted.test(i)) {
                some.add(messages.get(i));
            }
        }
        return some;
    }

    @Override
    public void close() throws IOException {
        metadata.close();
        log.close();
        checkpoints.close();
        if (spool.isPresent()) {
            spool.get().close();
        }
    }

    /** Delivers all messages, so that the spool releases whole segments. */
    public void deliver() throws Exception {
        spool.orElseThrow().deliverAll();
    }
}
