package io.sealpost.relay.forward;

import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.Feed;
import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.Position;
import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Deals the messages of one queue to several connections: each run of them goes to whichever asks
 * next. The cursor of the queue is the lowest message that is not confirmed. What a connection
 * gives back goes to the others before anything new. Thread-safe.
 */
final class Dealer {
    /*
     * The queue has one reader, which the share at the head of those that wait uses (`reading`),
     * outside the lock, since it may wait there for new messages. What was dealt before is read again
     * by place.
     *
     * Each share numbers its messages anew, without gaps, in the order it got them, so that a
     * forwarder meets an orderly feed though it may be dealt an older run behind a newer one.
     */

    /** A run that was dealt; guarded by the dealer's lock. */
    private static final class Deal {
        final Position start;
        final Position end;

        /** Messages confirmed, from its start. */
        int done;

        Deal(FrameRun run) {
            start = run.start();
            end = run.end();
        }

        int left() {
            return Math.toIntExact(end.sequence() - start.sequence()) - done;
        }

        /** Before its message with this index. */
        Position at(int index) {
            return new Position(start.sequence() + index, start.segment(), start.batch());
        }
    }

    /** What a share is given: a new run, or one that was given back. */
    private record Dealt(Deal deal, @Nullable FrameRun run) {}

    private final UpstreamQueue queue;
    private final NanoClock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** In the order of the queue, from the first that is not wholly confirmed. */
    private final ArrayDeque<Deal> dealt = new ArrayDeque<>();

    private final TreeMap<Long, Deal> returned = new TreeMap<>();
    private final ArrayDeque<Share> waiting = new ArrayDeque<>();
    private boolean reading;

    /** A dealer of all that is not confirmed; from now on nobody else reads the queue. */
    Dealer(UpstreamQueue queue, NanoClock clock) throws IOException {
        this.queue = queue;
        this.clock = clock;
        queue.rewind(queue.confirmed());
    }

    /** For one more connection. */
    Feed share() {
        return new Share();
    }

    /** Null if there was nothing until then, or if woken. */
    private @Nullable Dealt deal(Share share, int maxBytes, Duration timeout)
            throws IOException, InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            waiting.addLast(share);
            while (!share.woken) {
                Map.Entry<Long, Deal> back = returned.pollFirstEntry();
                if (back != null) {
                    return new Dealt(back.getValue(), null);
                }
                if (share.equals(waiting.peekFirst()) && !reading) {
                    long begun = clock.nanos();
                    FrameRun run = read(maxBytes, left);
                    if (run != null) {
                        Deal deal = new Deal(run);
                        dealt.addLast(deal);
                        return new Dealt(deal, run);
                    }
                    left -= clock.nanos() - begun;
                    if (left <= 0) {
                        return null;
                    }
                } else if (left <= 0) {
                    return null;
                } else {
                    left = changed.awaitNanos(left);
                }
            }
            return null;
        } finally {
            share.woken = false;
            waiting.remove(share);
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Holds the lock before and after, but not while it reads. */
    private @Nullable FrameRun read(int maxBytes, long nanos)
            throws IOException, InterruptedException {
        reading = true;
        lock.unlock();
        try {
            return queue.poll(maxBytes, Duration.ofNanos(Math.max(0, nanos)));
        } finally {
            lock.lock();
            reading = false;
        }
    }

    /** The cursor of the queue follows. Holds the lock. */
    private void settle() {
        Position behind = null;
        while (!dealt.isEmpty() && dealt.getFirst().left() == 0) {
            behind = dealt.removeFirst().end;
        }
        if (!dealt.isEmpty() && dealt.getFirst().done > 0) {
            Deal first = dealt.getFirst();
            behind = first.at(first.done);
        }
        if (behind != null) {
            queue.confirm(behind, new byte[0]);
        }
    }

    /** A deal as a share numbers it. */
    private static final class Held {
        final Deal deal;
        final long first;

        /** Index of the message with that number in the deal. */
        final int offset;

        final long end;

        Held(Deal deal, long first) {
            this.deal = deal;
            this.first = first;
            offset = deal.done;
            end = first + deal.left();
        }

        /** The number of the message that the spool knows by this one. */
        long number(long sequence) {
            return first + sequence - deal.at(offset).sequence();
        }

        int index(long number) {
            return offset + Math.toIntExact(number - first);
        }
    }

    /** What goes over one connection. */
    private final class Share implements Feed {
        private final ArrayDeque<Held> held = new ArrayDeque<>();

        /** Set aside, lost or dropped after they were dealt: from where to where. */
        private final TreeMap<Long, Long> passed = new TreeMap<>();

        private long confirmed;
        private long next;
        private long end;

        /** Guarded by the dealer's lock. */
        private boolean woken;

        @Override
        public String name() {
            return queue.name();
        }

        @Override
        public @Nullable FrameRun poll(int maxBytes, Duration timeout)
                throws IOException, InterruptedException {
            while (true) {
                FrameRun run = next < end ? readAgain(maxBytes) : null;
                if (run != null) {
                    return run;
                }
                if (next == end) {
                    Dealt more = deal(this, maxBytes, timeout);
                    if (more == null) {
                        return null;
                    }
                    run = take(more);
                    if (run != null) {
                        return run;
                    }
                }
            }
        }

        private @Nullable FrameRun take(Dealt more) throws IOException {
            lock.lock();
            try {
                Held taken = new Held(more.deal, end);
                held.addLast(taken);
                end = taken.end;
                if (more.run == null) {
                    queue.countResent(more.deal.left());
                    return null;
                }
                next = end;
                return more.run.renumbered(taken.first);
            } finally {
                lock.unlock();
            }
        }

        private @Nullable FrameRun readAgain(int maxBytes) throws IOException {
            lock.lock();
            try {
                Held at = holding(next);
                Position from = at.deal.at(at.index(next));
                FrameRun run = queue.readAgain(from, Math.toIntExact(at.end - next), maxBytes);
                long first = run == null ? at.end : at.number(run.firstSequence());
                if (first > next) {
                    passed.put(next, first);
                    confirmPassed();
                }
                next = run == null ? first : first + run.count();
                return run == null ? null : run.renumbered(first);
            } finally {
                lock.unlock();
            }
        }

        /** What was passed over needs no confirmation but that of what lies before. */
        private void confirmPassed() {
            Map.Entry<Long, Long> one = passed.firstEntry();
            while (one != null && one.getKey() <= confirmed) {
                passed.remove(one.getKey());
                confirmTo(one.getValue());
                one = passed.firstEntry();
            }
            settle();
        }

        private void confirmTo(long number) {
            confirmed = Math.max(confirmed, number);
            next = Math.max(next, confirmed);
            while (!held.isEmpty() && held.getFirst().first < confirmed) {
                Held first = held.getFirst();
                first.deal.done = first.index(Math.min(confirmed, first.end));
                if (confirmed < first.end) {
                    break;
                }
                held.removeFirst();
            }
        }

        private Held holding(long number) {
            Iterator<Held> newestFirst = held.descendingIterator();
            Held found = newestFirst.next();
            while (found.first > number) {
                found = newestFirst.next();
            }
            return found;
        }

        @Override
        public void wake() {
            lock.lock();
            try {
                woken = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            queue.wake();
        }

        @Override
        public void rewind(Position to) {
            next = Math.clamp(to.sequence(), confirmed, next);
        }

        @Override
        public Position position() {
            return Position.of(next);
        }

        @Override
        public Position confirmed() {
            return Position.of(confirmed);
        }

        @Override
        public void confirm(Position upTo, byte[] state) {
            lock.lock();
            try {
                confirmTo(upTo.sequence());
                confirmPassed();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void setAside(Position message, String reason) {
            queue.setAside(Position.of(number(message.sequence())), reason);
        }

        @Override
        public long number(long sequence) {
            lock.lock();
            try {
                Held at = holding(sequence);
                return at.deal.at(at.index(sequence)).sequence();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void countResent(long messages) {
            queue.countResent(messages);
        }

        @Override
        public long queued() {
            return queue.queued();
        }

        @Override
        public boolean release() {
            lock.lock();
            try {
                for (Held one : held) {
                    returned.put(one.deal.start.sequence(), one.deal);
                }
                held.clear();
                passed.clear();
                confirmed = end;
                next = end;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            queue.wake();
            return true;
        }
    }
}
