package io.sealpost.protocol.relp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Seeded; a failure names the seed. {@code -Dsealpost.seed=N} repeats one. */
class RelpPropertyTest {
    private static final int ROUNDS = 2000;
    private static final int MAX_DATA = 40;
    private static final String[] COMMANDS = {
        "syslog", "syslog", "rsp", "rsp", "close", "open", "serverclose", "starttls"
    };
    private static final String[] DATA = {
        "",
        "\n",
        "m",
        "m\r\n",
        "200 OK",
        "200 ",
        "500 no",
        "200 OK\ncommands=syslog",
        "relp_version=1\ncommands=syslog",
        "x".repeat(40),
        "x".repeat(41),
        "y".repeat(200)
    };

    private static long seed() {
        return Long.getLong("sealpost.seed", 1);
    }

    @Test
    void frames_are_independent_of_how_the_stream_is_cut() {
        independentOfCuts(1, pieces -> FramerDriver.of(MAX_DATA, pieces));
    }

    @Test
    void server_session_is_independent_of_how_the_stream_is_cut() {
        independentOfCuts(1, pieces -> ServerDriver.prompt(MAX_DATA).read(pieces).toString());
    }

    @Test
    void client_session_is_independent_of_how_the_stream_is_cut() {
        independentOfCuts(1, pieces -> ClientDriver.opening(8).read(pieces).toString());
        independentOfCuts(2, pieces -> ClientDriver.ready(8).sendAll(5).read(pieces).toString());
    }

    @Test
    void any_octets_are_taken_with_a_bounded_rest() {
        long seed = seed();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] stream = new byte[random.nextInt(200)];
            random.nextBytes(stream);
            List<byte[]> pieces = Pieces.random(random, stream);

            // the drivers check the rest
            assertThat(FramerDriver.of(MAX_DATA, pieces))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(FramerDriver.of(MAX_DATA, List.of(stream)));
            assertThat(ServerDriver.prompt(MAX_DATA).read(pieces).messages)
                    .as("seed %d, round %d", seed, round)
                    .isEmpty();
            assertThat(ClientDriver.ready(8).sendAll(5).read(pieces).session.acknowledged())
                    .as("seed %d, round %d", seed, round)
                    .isZero();
        }
    }

    @Test
    void every_message_of_a_session_arrives_once_and_in_order_and_is_acknowledged() {
        long seed = seed();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS / 4; round++) {
            new Wire(random, "seed " + seed + ", round " + round).run();
        }
    }

    private static void independentOfCuts(int firstTxnr, Function<List<byte[]>, String> session) {
        long seed = seed();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] stream = stream(random, firstTxnr);

            assertThat(session.apply(Pieces.random(random, stream)))
                    .as("seed %d, round %d: %s", seed, round, Pieces.text(stream))
                    .isEqualTo(session.apply(List.of(stream)));
        }
    }

    /** Frames that mostly make sense, and sometimes a stray octet. */
    private static byte[] stream(SplittableRandom random, int firstTxnr) {
        StringBuilder stream = new StringBuilder();
        int txnr = firstTxnr;
        if (txnr == 1 && random.nextInt(4) > 0) {
            frame(stream, txnr++, random.nextBoolean() ? "open" : "rsp", DATA[7]);
        }
        for (int n = random.nextInt(12); n > 0; n--) {
            String command = COMMANDS[random.nextInt(random.nextInt(10) == 0 ? 8 : 4)];
            String data = DATA[random.nextInt(DATA.length)];
            frame(stream, random.nextInt(20) == 0 ? random.nextInt(6) : txnr, command, data);
            txnr++;
        }
        byte[] octets = Pieces.octets(stream.toString());
        if (octets.length > 0 && random.nextInt(3) == 0) {
            octets[random.nextInt(octets.length)] = (byte) " \n0Aa\r".charAt(random.nextInt(6));
        }
        return octets;
    }

    private static void frame(StringBuilder stream, int txnr, String command, String data) {
        stream.append(txnr).append(' ').append(command).append(' ').append(data.length());
        stream.append(data.isEmpty() ? "" : " ").append(data).append('\n');
    }

    /** Our client and our server with octets on their way between them. */
    private static final class Wire {
        private static final int MAX_MESSAGE = 30;

        private final SplittableRandom random;
        private final String name;
        private final int window;
        private final int total;
        private final boolean reversed;
        private final ClientDriver client;
        private final ServerDriver server = ServerDriver.slow(MAX_MESSAGE);
        private final List<String> sent = new ArrayList<>();
        private final Deque<Byte> toServer = new ArrayDeque<>();
        private final Deque<Byte> toClient = new ArrayDeque<>();
        private boolean closed;

        Wire(SplittableRandom random, String name) {
            this.random = random;
            this.name = name;
            window = 1 + random.nextInt(90);
            total = random.nextInt(150);
            reversed = random.nextBoolean();
            client = ClientDriver.of(window);
        }

        void run() {
            client.session.open();
            for (int step = 0; step < 100_000 && !over(); step++) {
                switch (random.nextInt(5)) {
                    case 0 -> send();
                    case 1 -> server.read(some(toServer));
                    case 2 -> acknowledge();
                    case 3 -> client.read(some(toClient));
                    default -> put(toServer, client.output());
                }
                assertThat(client.session.unanswered()).as(name).isLessThanOrEqualTo(window);
            }

            assertThat(server.messages).as(name).isEqualTo(sent).hasSize(total);
            assertThat(server.session.unacknowledged()).as(name).isZero();
            assertThat(server.session.ending()).as(name).contains(RelpServerSession.Ending.CLOSED);
            assertThat(client.session.acknowledged()).as(name).isEqualTo(total);
            assertThat(client.session.unanswered()).as(name).isZero();
            assertThat(client.steps()).as(name).isEqualTo("ACKED ".repeat(total) + "CLOSED");
        }

        private boolean over() {
            return client.steps().endsWith("CLOSED") || client.steps().endsWith("FAILED");
        }

        private void send() {
            boolean all = sent.size() == total;
            if (all && client.session.ready() && !closed) {
                closed = true;
                client.session.close();
            }
            for (int n = random.nextInt(20); n > 0 && room(); n--) {
                String message = "m" + sent.size() + "!".repeat(random.nextInt(MAX_MESSAGE - 5));
                message = random.nextInt(10) == 0 ? "" : message;
                sent.add(message);
                put(toServer, client.send(message));
            }
        }

        private boolean room() {
            return sent.size() < total && client.session.roomInWindow() > 0;
        }

        private void acknowledge() {
            long unacknowledged = server.session.unacknowledged();
            server.acknowledge(unacknowledged == 0 ? 0 : random.nextLong(unacknowledged + 1));
            String replies = server.newReplies();
            put(toClient, reversed ? reverse(replies) : replies);
        }

        /** The answers to messages and to close in reverse order; open and serverclose stay. */
        private static String reverse(String replies) {
            String[] frames = replies.split("(?<= OK\n)(?=\\d)", -1);
            boolean open = replies.contains("commands=");
            boolean end = replies.endsWith(ServerDriver.SERVERCLOSE);
            if (open || replies.isEmpty()) {
                return replies;
            }
            List<String> turned = new ArrayList<>(Arrays.asList(frames));
            String serverclose = end ? turned.removeLast() : "";
            return String.join("", turned.reversed()) + serverclose;
        }

        private byte[] some(Deque<Byte> wire) {
            byte[] octets = new byte[Math.min(wire.size(), random.nextInt(300))];
            for (int i = 0; i < octets.length; i++) {
                octets[i] = wire.removeFirst();
            }
            return octets;
        }

        private static void put(Deque<Byte> wire, String text) {
            for (byte octet : Pieces.octets(text)) {
                wire.addLast(octet);
            }
        }
    }
}
