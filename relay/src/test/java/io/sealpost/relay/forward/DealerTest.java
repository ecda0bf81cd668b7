package io.sealpost.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.Beside;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.Feed;
import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Shares of a queue against a list in memory. */
@Timeout(120)
@Beside
class DealerTest {
    private static final byte[] NO_STATE = {};

    @TempDir Path folder;

    /** One connection's end of the model. */
    private static final class Connection {
        final Feed feed;

        /** Given out and not confirmed, by the share's numbers from {@code first} on. */
        final List<String> open = new ArrayList<>();

        long first;

        /** How many of those were given out since the last rewind. */
        int read;

        Connection(Feed feed) {
            this.feed = feed;
        }
    }

    @Test
    void every_message_is_confirmed_once_by_one_connection_whatever_the_others_do()
            throws Exception {
        for (int seed = 0; seed < Integer.getInteger("sealpost.dealer.seeds", 60); seed++) {
            try (SpoolFeed spool = SpoolFeed.open(folder.resolve("" + seed))) {
                schedule(new Random(seed), spool);
            }
        }
    }

    private static void schedule(Random random, SpoolFeed spool) throws Exception {
        Dealer dealer = new Dealer(spool.queue(), NanoClock.system());
        List<Connection> connections = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            connections.add(new Connection(dealer.share()));
        }
        Set<String> confirmed = new HashSet<>();
        Set<String> setAside = new HashSet<>();
        int fed = 0;
        for (int step = 0; step < 200; step++) {
            Connection one = connections.get(random.nextInt(connections.size()));
            switch (random.nextInt(8)) {
                case 0 -> {
                    int more = 1 + random.nextInt(20);
                    spool.feed(fed, fed + more);
                    fed += more;
                }
                case 1 -> {
                    release(one);
                    assertThat(one.feed.position()).isEqualTo(one.feed.confirmed());
                }
                case 2 -> {
                    one.read = one.read == 0 ? 0 : random.nextInt(one.read + 1);
                    one.feed.rewind(Position.of(one.first + one.read));
                }
                case 3 -> setAside(random, one, setAside);
                case 4, 5 -> confirm(one, random.nextInt(one.read + 1), confirmed, setAside);
                default -> poll(one, 1 << random.nextInt(15), setAside);
            }
            // the cursor never passes what is not confirmed
            assertThat(spool.queue().delivered()).isLessThanOrEqualTo(confirmed.size());
        }
        release(connections.getLast());
        for (int round = 0; spool.queue().queued() > 0; round++) {
            assertThat(round).isLessThan(2000);
            for (Connection one : connections) {
                poll(one, 1 << 20, setAside);
                confirm(one, one.read, confirmed, setAside);
            }
        }
        Set<String> all = new HashSet<>(spool.fed());
        all.removeAll(setAside);
        assertThat(confirmed).isEqualTo(all);
        assertThat(spool.queue().delivered()).isEqualTo(all.size());
        assertThat(spool.dropped())
                .isEqualTo(setAside.isEmpty() ? Map.of() : Map.of("test", (long) setAside.size()));
    }

    private static void release(Connection one) {
        one.feed.release();
        one.first = one.feed.position().sequence();
        one.open.clear();
        one.read = 0;
    }

    private static void setAside(Random random, Connection one, Set<String> setAside)
            throws IOException {
        if (one.read == 0 || random.nextInt(4) > 0) {
            return;
        }
        int index = random.nextInt(one.read);
        if (setAside.add(one.open.get(index))) {
            Position message = Position.of(one.first + index);
            one.feed.setAside(message, "test");
            one.feed.rewind(message);
            one.read = index;
        }
    }

    /** Nobody confirms what was never sent: it needs no confirmation. */
    private static void confirm(
            Connection one, int upTo, Set<String> confirmed, Set<String> setAside) {
        int count = upTo;
        while (count > 0 && setAside.contains(one.open.get(count - 1))) {
            count--;
        }
        one.feed.confirm(Position.of(one.first + count), NO_STATE);
        for (String message : one.open.subList(0, count)) {
            if (!setAside.contains(message)) {
                assertThat(confirmed.add(message)).isTrue();
            }
        }
        one.open.subList(0, count).clear();
        one.first += count;
        one.read -= count;
    }

    /** What was given out before comes again, in the same order, and then something new. */
    private static void poll(Connection one, int maxBytes, Set<String> setAside) throws Exception {
        FrameRun run = one.feed.poll(maxBytes, Duration.ZERO);
        if (run == null) {
            one.read = (int) (one.feed.position().sequence() - one.first);
            fill(one, one.read, setAside);
            return;
        }
        try (run) {
            int index = (int) (run.firstSequence() - one.first);
            for (String passed : one.open.subList(one.read, Math.min(index, one.open.size()))) {
                assertThat(setAside).contains(passed);
            }
            fill(one, index, setAside);
            for (String message : messages(run)) {
                assertThat(setAside).doesNotContain(message);
                if (index < one.open.size()) {
                    assertThat(one.open.get(index)).isEqualTo(message);
                } else {
                    one.open.add(message);
                }
                index++;
            }
            one.read = index;
            assertThat(one.feed.position().sequence()).isEqualTo(one.first + index);
        }
    }

    /** What was given back by another, and passed over. */
    private static void fill(Connection one, int size, Set<String> setAside) {
        while (one.open.size() < size) {
            one.open.add(setAside.iterator().next());
        }
    }

    private static List<String> messages(FrameRun run) throws IOException {
        byte[] octets = new byte[run.length()];
        run.read(octets, 0);
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        List<String> messages = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int blank = text.indexOf(' ', at);
            int end = blank + 1 + Integer.parseInt(text.substring(at, blank));
            messages.add(text.substring(blank + 1, end));
            at = end;
        }
        assertThat(messages).hasSize(run.count());
        return messages;
    }
}
