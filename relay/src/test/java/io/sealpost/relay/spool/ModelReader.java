package io.sealpost.relay.spool;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One upstream in the model: what it was given, confirmed, and had durable. */
final class ModelReader {
    private final SpoolModel model;
    private final String name;
    private @Nullable UpstreamQueue queue;

    /** The next message must be the first routed one at or above this. */
    private long read;

    private long confirmed;
    private long persisted;
    private final TreeSet<Long> delivered = new TreeSet<>();
    private final TreeSet<Long> aside = new TreeSet<>();

    ModelReader(SpoolModel model, String name) {
        this.model = model;
        this.name = name;
    }

    UpstreamQueue queue() {
        return Objects.requireNonNull(queue);
    }

    void open(UpstreamQueue opened) {
        queue = opened;
        Position at = opened.confirmed();
        model.require(
                at.sequence() >= persisted,
                name + " starts at " + at + ", durable was " + persisted);
        byte[] state = opened.state();
        model.require(
                state.length == 0 || java.nio.ByteBuffer.wrap(state).getLong() <= at.sequence(),
                name + " has a state newer than its cursor");
        read = at.sequence();
        confirmed = read;
        persisted = read;
        // What was confirmed but not durable is delivered again, and counted once.
        delivered.tailSet(read, true).clear();
        aside.tailSet(read, true).clear();
    }

    void act(Random random, long durable) throws Exception {
        switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> poll(random.nextInt(4) == 0 ? 100_000 : 50, durable);
            case 4, 5 -> confirm(random);
            case 6 -> rewind();
            default -> {
                if (random.nextInt(3) == 0) {
                    setAside();
                } else {
                    persist();
                }
            }
        }
    }

    private boolean poll(int maxBytes, long durable) throws Exception {
        try (FrameRun run = queue().poll(maxBytes, Duration.ZERO)) {
            if (run == null) {
                return false;
            }
            expect(run, durable);
            return true;
        }
    }

    private void expect(FrameRun run, long durable) throws IOException {
        long first = run.firstSequence();
        model.note(name + " reads " + first + "-" + run.end());
        model.require(
                run.end().sequence() <= durable,
                name + " was given " + run.end() + " before it was durable at " + durable);
        model.require(first >= read, name + " was given " + first + " again, read to " + read);
        long from = Math.max(read, queue().confirmed().sequence()); // dropped-oldest moves it on
        for (long missing : model.routed(from, first, queue().number()).keySet()) {
            model.require(
                    model.lost(missing) || aside.contains(missing),
                    name + " was not given " + missing + " but " + first);
        }
        List<String> texts = SpoolRig.messages(run);
        for (int i = 0; i < texts.size(); i++) {
            SpoolModel.Message message = model.log.get(first + i);
            model.require(
                    message != null && message.text().equals(texts.get(i)),
                    name + " was given at " + (first + i) + " " + texts.get(i) + " not " + message);
            model.require(
                    message != null && (message.upstreams() & 1L << queue().number()) != 0,
                    name + " was given a message of others: " + message);
            model.require(!aside.contains(first + i), name + " was given what was set aside");
        }
        read = run.end().sequence();
    }

    private void confirm(Random random) {
        long floor = Math.max(confirmed, queue().confirmed().sequence());
        if (read <= floor) {
            return;
        }
        long to = floor + 1 + random.nextInt((int) (read - floor));
        confirmTo(to);
    }

    private void confirmTo(long to) {
        Position before = queue().confirmed();
        delivered.addAll(model.routed(before.sequence(), to, queue().number()).keySet());
        delivered.removeAll(aside);
        model.note(name + " confirms " + to);
        queue().confirm(Position.of(to), SpoolModel.state(to));
        confirmed = to;
    }

    private void rewind() throws IOException {
        model.note(name + " rewinds");
        queue().rewind(queue().confirmed());
        read = Math.min(read, queue().confirmed().sequence());
    }

    private void setAside() throws IOException {
        model.note(name + " sets aside");
        Position at = queue().confirmed();
        queue().rewind(at);
        read = Math.min(read, at.sequence());
        for (long sequence :
                model.routed(at.sequence(), at.sequence() + 50, queue().number()).keySet()) {
            if (!model.lost(sequence)) {
                queue().setAside(Position.of(sequence), "refused");
                aside.add(sequence);
                return;
            }
        }
    }

    private void persist() {
        model.note(name + " persists");
        try {
            queue().persist();
            persistedIfClean();
        } catch (IOException e) {
            // Tried again later.
        }
    }

    void persistedIfClean() {
        if (!queue().cursor().dirty()) {
            persisted = Math.max(persisted, queue().cursor().persistedSequence());
        }
    }

    void drain(long durable) throws Exception {
        rewind();
        while (poll(4000, durable)) {
            confirmTo(read);
        }
    }

    /** After everything was read: what is missing is accounted for, and the counts are exact. */
    void settle(boolean rotted) {
        Books books = queue().books();
        model.require(books.queued() == 0, name + " still has queued messages: " + books);
        if (!rotted && !books.dropped().containsKey(DropReason.BUFFER_FULL)) {
            long refused = books.dropped().getOrDefault("refused", 0L);
            model.require(
                    books.delivered() == delivered.size(),
                    name + " delivered " + delivered.size() + " but counts " + books);
            model.require(
                    books.routed() == delivered.size() + refused,
                    name + " has " + books + " for " + delivered.size());
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
