package io.sealpost.protocol.relp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelpClientSessionTest {
    private static final String OPEN =
            """
            1 open 86 relp_version=0
            relp_software=librelp,1.11.0,http://librelp.adiscon.com
            commands=syslog
            """;
    private static final String OPENED =
            """
            1 rsp 93 200 OK
            relp_version=0
            relp_software=librelp,1.11.0,http://librelp.adiscon.com
            commands=syslog
            """;
    private static final String HELLO = "<13>1 2026-01-02T03:04:05.678Z h app 1 ID - hello";

    @Test
    void session_with_librelp_is_led_in_one_read_and_octet_by_octet() {
        for (boolean singly : new boolean[] {false, true}) {
            ClientDriver client = ClientDriver.of(128);

            client.session.open();
            assertThat(client.output()).isEqualTo(OPEN);
            assertThat(client.session.ready()).isFalse();
            assertThat(client.session.roomInWindow()).isZero();
            client.read(pieces(singly, OPENED));
            assertThat(client.session.ready()).isTrue();
            assertThat(client.session.peerSoftware()).isEqualTo(ClientDriver.SOFTWARE);
            assertThat(client.send(HELLO)).isEqualTo("2 syslog 49 " + HELLO + "\n");
            client.read(pieces(singly, "2 rsp 6 200 OK\n"));
            assertThat(client.session.acknowledged()).isEqualTo(1);
            client.session.close();
            assertThat(client.output()).isEqualTo("3 close 0\n");
            client.read(pieces(singly, "3 rsp 0\n0 serverclose 0\n"));
            assertThat(client.steps()).isEqualTo("ACKED CLOSED");
        }
    }

    @Test
    void empty_message_has_neither_blank_nor_data() {
        ClientDriver client = ClientDriver.ready(128);

        assertThat(client.send("")).isEqualTo("2 syslog 0\n");
        assertThat(client.send("a")).isEqualTo("3 syslog 1 a\n");
    }

    @Test
    void longest_header_has_the_size_that_is_said() {
        RelpClientSession session = new RelpClientSession("x", 8, 999_999_996);
        session.open();
        new ClientDriver(session).read("999999996 rsp 22 200 OK\ncommands=syslog\n");
        byte[] out = new byte[RelpClientSession.MAX_HEADER];

        int length = session.begin(999_999_999, out, 0);

        assertThat(length).isEqualTo(RelpClientSession.MAX_HEADER);
        assertThat(Pieces.text(out)).isEqualTo("999999997 syslog 999999999 ");
        assertThatThrownBy(() -> session.begin(1_000_000_000, out, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "200 OK\ncommands=syslog",
                "200 OK\nrelp_version=0\ncommands=syslog",
                "200 \ncommands=syslog\n",
                "200 OK\n\nrelp_version=0\ncommands=eventlog,syslog\n"
            })
    void open_is_good_where_syslog_is_offered_back(String data) {
        ClientDriver client = ClientDriver.opening(128).read(rsp(1, data));

        assertThat(client.session.ready()).isTrue();
        assertThat(client.session.opened()).isTrue();
        assertThat(client.session.roomInWindow()).isEqualTo(128);
    }

    @Test
    void answer_to_open_that_is_no_good_ends_the_session_with_the_reason() {
        String good = "\ncommands=syslog";
        assertNotOpened(rsp(1, "500 go away" + good), "open refused: 500 go away");
        assertNotOpened(rsp(1, "200 OK"), "the peer offers no commands");
        assertNotOpened(rsp(1, "200 OK\nrelp_version=0"), "the peer offers no commands");
        assertNotOpened(rsp(1, "200 OK\ncommands=x"), "the peer does not offer syslog");
        assertNotOpened(
                rsp(1, "200 OK\nrelp_version=1" + good),
                "the peer wants relp_version 1, offered was 0");
        assertNotOpened(
                rsp(1, "200 OK\nrelp_version=x" + good),
                "answer to open: relp_version is no number");
        assertNotOpened(rsp(1, "200 OK\nnonsense" + good), "answer to open: an offer without '='");
        assertNotOpened(rsp(1, "200" + good), "a rsp without code 200 or 500: 200");
        assertNotOpened(rsp(1, "300 X" + good), "a rsp without code 200 or 500: 300 X");
        assertNotOpened("1 rsp 0\n", "a rsp without code 200 or 500: ");
        assertNotOpened(rsp(1, "200 OK" + "\nx=y".repeat(8000) + good), "a rsp of too many octets");
        assertNotOpened("2 rsp 6 200 OK\n", "a rsp for TXNR 2, which was not sent");
        assertNotOpened("hello\n", "TXNR is not 1 to 9 digits");
    }

    @Test
    void text_of_the_peer_is_printable_and_bounded() {
        assertNotOpened(
                rsp(1, "500 \u001b[2J\u00e4" + "x".repeat(200)),
                "open refused: 500 ?[2J?" + "x".repeat(75));
    }

    @Test
    void answer_before_open_is_none() {
        ClientDriver client = ClientDriver.of(128).read(OPENED);

        assertThat(client.steps()).isEqualTo("FAILED");
        assertThat(client.session.problem()).isEqualTo("a rsp for TXNR 1, which was not sent");
    }

    @Test
    void acknowledgements_in_order_move_on_one_by_one() {
        ClientDriver client = ClientDriver.ready(3).sendAll(3);
        assertThat(client.session.roomInWindow()).isZero();
        assertThat(client.session.unanswered()).isEqualTo(3);

        client.read("2 rsp 6 200 OK\n3 rsp 4 200 \n");

        assertThat(client.steps()).isEqualTo("ACKED ACKED");
        assertThat(client.session.acknowledged()).isEqualTo(2);
        assertThat(client.session.unanswered()).isEqualTo(1);
        assertThat(client.session.roomInWindow()).isEqualTo(2);
    }

    @Test
    void acknowledgements_in_any_order_move_on_without_a_gap() {
        ClientDriver client = ClientDriver.ready(128).sendAll(4);

        client.read("4 rsp 6 200 OK\n");
        assertThat(client.session.acknowledged()).isZero();
        assertThat(client.session.isSettled(0)).isFalse();
        assertThat(client.session.isSettled(2)).isTrue();
        client.read("2 rsp 6 200 OK\n");
        assertThat(client.session.acknowledged()).isEqualTo(1);
        client.read("3 rsp 6 200 OK\n");
        assertThat(client.session.acknowledged()).isEqualTo(3);
        assertThat(client.session.isSettled(3)).isFalse();
        assertThat(client.session.isSettled(4)).isFalse();
        assertThat(client.session.roomInWindow()).isEqualTo(127);
    }

    @Test
    void window_reaches_to_the_oldest_unacknowledged() {
        ClientDriver client = ClientDriver.ready(3).sendAll(3);

        client.read("4 rsp 6 200 OK\n3 rsp 6 200 OK\n");

        assertThat(client.session.roomInWindow()).isZero();
        assertThatThrownBy(() -> client.send("x")).isInstanceOf(IllegalStateException.class);
        client.read("2 rsp 6 200 OK\n");
        assertThat(client.session.roomInWindow()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 128, 1000})
    void window_of_any_size_goes_round_and_round_in_reverse_order(int window) {
        ClientDriver client = ClientDriver.ready(window);

        int sent = 0;
        for (int round = 0; round < 5; round++) {
            int messages = Math.max(1, window - round);
            client.sendAll(messages);
            for (int i = messages - 1; i >= 0; i--) {
                assertThat(client.session.acknowledged()).isEqualTo(sent);
                client.read(2 + sent + i + " rsp 6 200 OK\n");
            }
            sent += messages;
            assertThat(client.session.acknowledged()).isEqualTo(sent);
            assertThat(client.session.unanswered()).isZero();
        }
        assertThat(client.session.sent()).isEqualTo(sent);
    }

    @Test
    void refused_message_is_named_and_its_neighbours_are_acknowledged() {
        ClientDriver client = ClientDriver.ready(128).sendAll(4);

        client.read("2 rsp 6 200 OK\n3 rsp 10 500 no way\n");

        assertThat(client.steps()).isEqualTo("ACKED REFUSED");
        assertThat(client.session.refused()).isEqualTo(1);
        assertThat(client.session.problem()).isEqualTo("500 no way");
        client.read("4 rsp 6 200 OK\n5 rsp 6 200 OK\n");
        assertThat(client.session.acknowledged()).isEqualTo(1);
        assertThat(client.session.isSettled(1)).isFalse();
        assertThat(client.session.isSettled(2)).isTrue();
        assertThat(client.session.isSettled(3)).isTrue();
        assertThat(client.session.unanswered()).isZero();
    }

    @Test
    void only_a_refused_message_of_the_window_can_be_set_aside() {
        ClientDriver client = ClientDriver.ready(64).sendAll(64);
        for (int txnr = 2; txnr < 66; txnr++) {
            client.read(txnr + " rsp 6 200 OK\n");
        }
        assertThat(client.session.isSettled(64)).isFalse();
        client.sendAll(1).read("66 rsp 6 500 no\n");

        assertThatThrownBy(() -> client.session.setAside(0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(client.session.refused()).isEqualTo(64);
        client.session.setAside(64);
        assertThat(client.session.acknowledged()).isEqualTo(65);
    }

    @Test
    void message_not_sent_cannot_be_set_aside() {
        ClientDriver client = ClientDriver.ready(64).sendAll(64);
        client.read("2 rsp 6 500 no\n");

        assertThatThrownBy(() -> client.session.setAside(64))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void largest_window_is_a_window() {
        assertThat(ClientDriver.ready(1 << 20).session.roomInWindow()).isEqualTo(1 << 20);
    }

    @Test
    void message_set_aside_no_longer_holds_the_others() {
        ClientDriver client = ClientDriver.ready(3).sendAll(3);
        client.read("2 rsp 6 500 no\n3 rsp 6 200 OK\n");

        assertThatThrownBy(() -> client.session.setAside(1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.session.setAside(2))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.session.setAside(3))
                .isInstanceOf(IllegalArgumentException.class);
        client.session.setAside(0);

        assertThat(client.session.acknowledged()).isEqualTo(2);
        assertThat(client.session.isSettled(0)).isTrue();
        assertThat(client.session.roomInWindow()).isEqualTo(2);
        assertThatThrownBy(() -> client.session.setAside(0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "1 rsp 6 200 OK, a second rsp for TXNR 1",
        "2 rsp 6 200 OK, a second rsp for TXNR 2",
        "2 rsp 6 500 no, a second rsp for TXNR 2",
        "4 rsp 6 200 OK, a second rsp for TXNR 4",
        "5 rsp 6 200 OK, a second rsp for TXNR 5",
        "6 rsp 6 200 OK, 'a rsp for TXNR 6, which was not sent'",
        "0 rsp 6 200 OK, 'a rsp for TXNR 0, which was not sent'",
        "999999999 rsp 6 200 OK, 'a rsp for TXNR 999999999, which was not sent'",
        "3 rsp 0, 'a rsp without code 200 or 500: '",
        "3 rsp 3 200, a rsp without code 200 or 500: 200",
        "3 rsp 4 2000, a rsp without code 200 or 500: 2000",
        "3 rsp 5 20 OK, a rsp without code 200 or 500: 20 OK",
        "3 rsp 6 201 OK, a rsp without code 200 or 500: 201 OK",
        "3 rsp 6 1:0 OK, a rsp without code 200 or 500: 1:0 OK",
        "3 rsp 6 21& OK, a rsp without code 200 or 500: 21& OK",
        "3 rsp 2 OK, a rsp without code 200 or 500: OK",
        "3 rsp 5 200 OK, no LF where the frame has to end",
        "3 syslog 1 a, the peer sent the command syslog",
        "3 open 0, the peer sent the command open",
        "3 close 0, the peer sent the command close",
        "0 starttls 0, the peer sent the command starttls",
        "nonsense, TXNR is not 1 to 9 digits"
    })
    void answer_that_cannot_be_right_ends_the_session(String frame, String problem) {
        ClientDriver client = ClientDriver.ready(128).sendAll(4);
        client.read("2 rsp 6 200 OK\n4 rsp 6 200 OK\n5 rsp 6 500 no\n");

        client.read(frame + "\n3 rsp 6 200 OK\n");

        assertThat(client.steps()).isEqualTo("ACKED ACKED REFUSED FAILED");
        assertThat(client.session.problem()).isEqualTo(problem);
        assertThat(client.session.acknowledged()).isEqualTo(1);
        assertThat(client.session.isSettled(2)).isTrue();
        assertThat(client.session.opened()).isTrue();
        assertThat(client.session.ready()).isFalse();
        assertThat(client.session.roomInWindow()).isZero();
    }

    @Test
    void serverclose_ends_the_session_behind_the_acknowledgements_before_it() {
        ClientDriver client = ClientDriver.ready(128).sendAll(2);

        client.read("2 rsp 6 200 OK\n0 serverclose 0\n3 rsp 6 200 OK\n").read("3 rsp 6 200 OK\n");

        assertThat(client.steps()).isEqualTo("ACKED SERVERCLOSE");
        assertThat(client.session.acknowledged()).isEqualTo(1);
        assertThat(client.session.roomInWindow()).isZero();
        assertThat(client.largestRest()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3 rsp 0\n",
                "3 rsp 6 200 OK\n",
                "3 rsp 6 500 no\n",
                "3 rsp 6 999 no\n",
                "0 serverclose 0\n"
            })
    void close_is_answered_in_any_form(String answer) {
        ClientDriver client = ClientDriver.ready(128).sendAll(1).read("2 rsp 6 200 OK\n");
        client.session.close();

        client.read(answer);

        assertThat(client.steps()).isEqualTo("ACKED CLOSED");
        assertThat(client.session.ready()).isFalse();
    }

    @Test
    void answer_to_close_that_is_no_rsp_fails() {
        ClientDriver client = ClientDriver.ready(128);
        client.session.close();

        client.read("2 rsp 2 OK\n");

        assertThat(client.steps()).isEqualTo("FAILED");
    }

    @Test
    void answer_to_close_before_those_to_messages_waits_for_them() {
        ClientDriver client = ClientDriver.ready(128).sendAll(3);
        client.session.close();

        client.read("5 rsp 0\n4 rsp 6 200 OK\n3 rsp 6 500 no\n");
        assertThat(client.steps()).isEqualTo("ACKED REFUSED");
        client.read("2 rsp 6 200 OK\n");

        assertThat(client.steps()).isEqualTo("ACKED REFUSED ACKED CLOSED");
        assertThat(client.session.acknowledged()).isEqualTo(1);
    }

    @Test
    void second_answer_to_close_fails_where_messages_are_unanswered() {
        ClientDriver client = ClientDriver.ready(128).sendAll(1);
        client.session.close();

        client.read("3 rsp 0\n3 rsp 0\n");

        assertThat(client.session.problem()).isEqualTo("a second rsp for TXNR 3");
    }

    @Test
    void nothing_is_sent_behind_close() {
        ClientDriver client = ClientDriver.ready(128);
        client.session.close();
        client.session.close();

        assertThat(client.output()).isEqualTo("2 close 0\n");
        assertThat(client.session.ready()).isFalse();
        assertThat(client.session.roomInWindow()).isZero();
        assertThatThrownBy(() -> client.send("x")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void close_is_sent_only_in_a_session() {
        ClientDriver fresh = ClientDriver.of(128);
        ClientDriver ended = ClientDriver.ready(128).read("0 serverclose 0\n");

        fresh.session.close();
        ended.session.close();

        assertThat(fresh.output()).isEmpty();
        assertThat(ended.output()).isEmpty();
    }

    @Test
    void close_while_open_is_unanswered_is_the_second_command() {
        ClientDriver client = ClientDriver.opening(128);
        client.session.close();

        assertThat(client.output()).isEqualTo("2 close 0\n");
        assertThat(client.read(OPENED).session.ready()).isFalse();
        assertThat(client.read("2 rsp 0\n").steps()).isEqualTo("CLOSED");
    }

    @Test
    void session_is_opened_once() {
        ClientDriver client = ClientDriver.opening(128);

        assertThatThrownBy(client.session::open).isInstanceOf(IllegalStateException.class);
        assertThat(client.output()).isEmpty();
    }

    @Test
    void message_before_the_answer_to_open_is_a_mistake() {
        ClientDriver client = ClientDriver.opening(128);

        assertThatThrownBy(() -> client.send("x")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void last_number_is_kept_for_close() {
        RelpClientSession session = new RelpClientSession("x", 8, 999_999_996);
        ClientDriver client = new ClientDriver(session);
        session.open();
        client.output();
        client.read("999999996 rsp 22 200 OK\ncommands=syslog\n");

        assertThat(client.send("a")).isEqualTo("999999997 syslog 1 a\n");
        assertThat(session.exhausted()).isFalse();
        assertThat(client.send("b")).isEqualTo("999999998 syslog 1 b\n");
        assertThat(session.exhausted()).isTrue();
        assertThat(session.roomInWindow()).isZero();
        session.close();
        assertThat(client.output()).isEqualTo("999999999 close 0\n");
        client.read("999999998 rsp 6 200 OK\n999999997 rsp 6 200 OK\n999999999 rsp 0\n");
        assertThat(client.steps()).isEqualTo("ACKED ACKED CLOSED");
        assertThat(session.acknowledged()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, (1 << 20) + 1})
    void window_out_of_range_is_a_mistake(int window) {
        assertThatThrownBy(() -> new RelpClientSession("x", window))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void begin_touches_only_its_own_octets() {
        ClientDriver client = ClientDriver.ready(128);
        byte[] out = "#".repeat(60).getBytes(ISO_8859_1);

        int length = client.session.begin(7, out, 10);

        assertThat(Pieces.text(out))
                .isEqualTo("#".repeat(10) + "2 syslog 7 " + "#".repeat(50 - length));
    }

    private static List<byte[]> pieces(boolean singly, String stream) {
        return singly ? Pieces.singly(stream) : Pieces.whole(stream);
    }

    private static String rsp(int txnr, String data) {
        return txnr + " rsp " + data.length() + " " + data + "\n";
    }

    private static void assertNotOpened(String answer, String problem) {
        ClientDriver client = ClientDriver.opening(128).read(answer);

        assertThat(client.steps()).isEqualTo("FAILED");
        assertThat(client.session.problem()).isEqualTo(problem);
        assertThat(client.session.ready()).isFalse();
        assertThat(client.session.opened()).isFalse();
    }
}
