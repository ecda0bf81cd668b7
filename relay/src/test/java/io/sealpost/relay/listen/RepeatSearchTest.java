package io.sealpost.relay.listen;

import static io.sealpost.relay.listen.RepeatSearch.Answer.HELD;
import static io.sealpost.relay.listen.RepeatSearch.Answer.NEW;
import static io.sealpost.relay.listen.RepeatSearch.Answer.REPEATED;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.runtime.NanoClock;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hashes are small numbers here, and letters of a lost session. */
class RepeatSearchTest {
    private static final long SEED = Long.getLong("sealpost.seed", 1);
    private static final LostSessions.Peer PEER =
            new LostSessions.Peer("relp", InetAddress.getLoopbackAddress(), "");

    private final List<LostSession> finished = new ArrayList<>();

    @Test
    void the_end_of_a_lost_session_is_repeated_once_all_of_it_came() {
        RepeatSearch search = search("abcd");

        assertThat(answers(search, "bcdb")).containsExactly(HELD, HELD, REPEATED, NEW);
        assertThat(finished).hasSize(1);
    }

    @Test
    void what_comes_in_another_order_or_is_not_the_end_is_new() {
        assertThat(answers(search("abcd"), "cd")).containsExactly(HELD, REPEATED);
        assertThat(answers(search("abcd"), "bd")).containsExactly(HELD, NEW);
        assertThat(answers(search("abcd"), "xd")).containsExactly(NEW, NEW);
        assertThat(answers(search("abcd"), "be")).containsExactly(HELD, NEW);
        assertThat(finished).hasSize(1);
    }

    @Test
    void only_the_beginning_of_the_new_session_is_looked_at() {
        assertThat(answers(search("abcd"), "xabcd")).containsOnly(NEW);
    }

    @Test
    void what_a_client_says_again_and_again_is_new() {
        assertThat(answers(search("xxxx"), "xxxx")).last().isEqualTo(NEW);
        assertThat(answers(search("xyxy"), "xyxyx")).last().isEqualTo(NEW);
        assertThat(finished).isEmpty();
    }

    @Test
    void equal_messages_between_others_have_their_place() {
        assertThat(answers(search("xxaxx"), "xaxx")).containsExactly(HELD, HELD, HELD, REPEATED);
        assertThat(answers(search("bxax"), "xax")).containsExactly(HELD, HELD, REPEATED);
    }

    @Test
    void of_two_lost_sessions_the_one_that_fits_is_finished() {
        RepeatSearch search = search("abc", "abd");

        assertThat(answers(search, "abd")).containsExactly(HELD, HELD, REPEATED);
        assertThat(finished.getFirst().hash(2)).isEqualTo('d');
    }

    @Test
    void a_long_row_is_proof_before_its_end_and_is_held_no_longer() {
        LostSession lost = lost(LongStream.range(0, 100).toArray());
        RepeatSearch search = new RepeatSearch(List.of(lost), finished::add);

        for (int i = 0; i < 100; i++) {
            assertThat(search.next(i)).isEqualTo(i < RepeatSearch.PROVEN - 1 ? HELD : REPEATED);
            assertThat(search.underWay()).isEqualTo(i < 99);
        }
    }

    @Test
    void no_more_is_held_than_the_most() {
        RepeatSearch search = search("x".repeat(1000));
        int held = 0;
        while (search.next('x') == HELD) {
            held++;
        }
        assertThat(held).isLessThanOrEqualTo(RepeatSearch.MAX_HELD);
    }

    @Test
    void a_session_given_up_is_new() {
        RepeatSearch search = search("abcd");
        assertThat(search.next('b')).isEqualTo(HELD);
        search.giveUp();
        assertThat(search.next('c')).isEqualTo(NEW);
    }

    /**
     * Clients of one address, of any window, each with messages of its own, whose connections break
     * anywhere: behind each, the server has some of what was sent, and the client some of the
     * acknowledgements. Each message is stored once.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void each_message_is_stored_once_wherever_connections_break(int run) {
        long seed = SEED + run;
        System.out.println("repeats, seed " + seed);
        Random random = new Random(seed);
        LostSessions lost = new LostSessions(NanoClock.system());
        int[] windows = {1, 2, 5, 128, 2000};
        List<Client> clients =
                LongStream.range(0, 1 + random.nextInt(3))
                        .mapToObj(
                                c -> new Client(c << 32, windows[random.nextInt(5)], lost, random))
                        .toList();
        for (int i = 0; i < LostSessions.PER_PEER; i++) {
            clients.get(random.nextInt(clients.size())).session(random.nextInt(3000));
        }
        clients.forEach(client -> client.session(Integer.MAX_VALUE));

        List<Long> sent = new ArrayList<>();
        List<Long> stored = new ArrayList<>();
        for (Client client : clients) {
            LongStream.range(client.base, client.next).forEach(sent::add);
            stored.addAll(client.stored);
        }
        assertThat(stored).isEqualTo(sent);
    }

    /** A client, and what the server does with what it sends. */
    private static final class Client {
        final long base;
        final List<Long> stored = new ArrayList<>();
        private final int window;
        private final LostSessions lost;
        private final Random random;
        private final List<Long> unread = new ArrayList<>();
        private long next;

        /** Acknowledgements of this session that the client has read. */
        private int read;

        Client(long base, int window, LostSessions lost, Random random) {
            this.base = base;
            this.window = window;
            this.lost = lost;
            this.random = random;
            next = base;
        }

        /** Breaks after so many steps, or ends when nothing is left to be sent again. */
        void session(int steps) {
            boolean last = steps == Integer.MAX_VALUE;
            SessionTail tail = new SessionTail(lost);
            RepeatSearch search =
                    new RepeatSearch(lost.of(PEER), session -> lost.remove(PEER, session));
            ArrayDeque<Long> underWay = new ArrayDeque<>();
            List<Long> held = new ArrayList<>();
            int sent = 0;
            int accepted = 0;
            int acknowledged = 0;
            for (int step = 0; step < steps && !(last && unread.isEmpty()); step++) {
                switch (random.nextInt(5)) {
                    case 0, 1 -> {
                        if (sent == unread.size() && sent < window && !last) {
                            unread.add(next++);
                        }
                        if (sent < unread.size()) {
                            underWay.add(unread.get(sent++));
                        }
                    }
                    case 2, 3 -> {
                        if (!underWay.isEmpty()) {
                            held.add(underWay.getFirst());
                            RepeatSearch.Answer answer = search.next(underWay.removeFirst());
                            if (answer != HELD) {
                                int before = acknowledged;
                                held.forEach(message -> tail.add(message, before));
                                accepted += held.size();
                                if (answer == NEW) {
                                    stored.addAll(held);
                                }
                                held.clear();
                            }
                        }
                    }
                    default -> {
                        acknowledged = random.nextBoolean() ? accepted : acknowledged;
                        if (sent > 0 && acknowledged > read && random.nextBoolean()) {
                            unread.removeFirst();
                            sent--;
                            read++;
                        }
                    }
                }
            }
            read = 0;
            if (!search.underWay()) {
                lost.add(PEER, new LostSession(tail.take(acknowledged), () -> true));
            }
        }
    }

    private RepeatSearch search(String... sessions) {
        List<LostSession> all = new ArrayList<>();
        for (String session : sessions) {
            all.add(lost(session.chars().asLongStream().toArray()));
        }
        return new RepeatSearch(all, finished::add);
    }

    private static LostSession lost(long[] hashes) {
        return new LostSession(hashes, () -> true);
    }

    private static List<RepeatSearch.Answer> answers(RepeatSearch search, String messages) {
        return messages.chars().mapToObj(search::next).toList();
    }
}
