package io.sealpost.protocol.relp;

import static io.sealpost.protocol.relp.ServerDriver.OPEN;
import static io.sealpost.protocol.relp.ServerDriver.OPENED;
import static io.sealpost.protocol.relp.ServerDriver.SERVERCLOSE;
import static io.sealpost.protocol.relp.ServerDriver.SOFTWARE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sealpost.protocol.relp.RelpServerSession.Ending;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelpServerSessionTest {
    private static final String HELLO = "<13>1 2026-01-02T03:04:05.678Z h app 1 ID - hello";
    private static final String SESSION = OPEN + "2 syslog 49 " + HELLO + "\n3 close 0\n";
    private static final String REPLIES = OPENED + "2 rsp 6 200 OK\n3 rsp 6 200 OK\n" + SERVERCLOSE;

    @Test
    void session_of_librelp_is_served_in_one_write_and_octet_by_octet() {
        for (List<byte[]> pieces : List.of(Pieces.whole(SESSION), Pieces.singly(SESSION))) {
            ServerDriver server = ServerDriver.prompt(8192).read(pieces);

            assertThat(server.messages).containsExactly(HELLO);
            assertThat(server.replies()).isEqualTo(REPLIES);
            assertThat(server.session.ended()).isTrue();
            assertThat(server.session.ending()).contains(Ending.CLOSED);
            assertThat(server.session.peerSoftware())
                    .isEqualTo("librelp,1.11.0,http://librelp.adiscon.com");
        }
    }

    @Test
    void it_tells_whether_it_was_opened_and_how_many_replies_to_messages_it_gave() {
        ServerDriver server = ServerDriver.slow(8192);
        assertThat(server.session.opened()).isFalse();

        server.read(OPEN + "2 syslog 1 a\n3 syslog 1 b\n3 wrong 0\n");
        assertThat(server.session.replied()).isZero();
        server.acknowledge(1);
        assertThat(server.session.replied()).isEqualTo(1);
        server.acknowledge(1);

        assertThat(server.session.replied()).isEqualTo(2);
        assertThat(server.session.ended()).isTrue();
        assertThat(server.session.opened()).isTrue();
        assertThat(ServerDriver.slow(9).read("1 close 0\n").session.opened()).isFalse();
    }

    @Test
    void a_cut_message_counts_as_replied_to_when_its_end_has_come() {
        ServerDriver server = ServerDriver.slow(10);
        String long1 = "x".repeat(131_072);
        server.read(OPEN + "2 syslog 131082 " + long1);
        server.acknowledge(1);
        assertThat(server.session.replied()).isZero();

        server.read("y".repeat(10) + "\n");

        assertThat(server.session.replied()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"m\n", "m\r\n", "m\0", "m"})
    void one_trailer_is_no_part_of_the_message(String data) {
        assertThat(given(data)).isEqualTo("m");
    }

    @Test
    void only_one_trailer_is_taken_off() {
        assertThat(given("m\n\n")).isEqualTo("m\n");
        assertThat(given("m\0\n")).isEqualTo("m\0");
        assertThat(given("m\r\0")).isEqualTo("m\r");
        assertThat(given("m\r")).isEqualTo("m\r");
        assertThat(given("m\r\r\n")).isEqualTo("m\r");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0\n", "1 \n\n", "2 \r\n\n", "1 \0\n"})
    void empty_message_is_given_and_acknowledged(String lengthAndData) {
        ServerDriver server = ServerDriver.prompt(99).read(OPEN + "2 syslog " + lengthAndData);

        assertThat(server.messages).containsExactly("");
        assertThat(server.replies()).isEqualTo(OPENED + "2 rsp 6 200 OK\n");
    }

    @Test
    void acknowledgements_of_a_batch_come_in_order_and_together() {
        ServerDriver server = opened(99);
        server.read("2 syslog 1 a\n3 syslog 1 b\n4 syslog 1 c\n");

        assertThat(server.replies()).isEmpty();
        assertThat(server.session.unacknowledged()).isEqualTo(3);
        assertThat(server.acknowledge(2).newReplies())
                .isEqualTo("2 rsp 6 200 OK\n3 rsp 6 200 OK\n");
        assertThat(server.session.unacknowledged()).isEqualTo(1);
        assertThat(server.acknowledge(1).newReplies()).isEqualTo("4 rsp 6 200 OK\n");
        assertThat(server.session.ended()).isFalse();
        assertThat(server.session.ending()).isEmpty();
    }

    @Test
    void no_more_can_be_acknowledged_than_was_given() {
        ServerDriver server = opened(99).read("2 syslog 1 a\n");

        assertThatThrownBy(() -> server.acknowledge(2))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> server.acknowledge(-1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(server.acknowledge(1).replies()).isEqualTo("2 rsp 6 200 OK\n");
    }

    @ParameterizedTest
    @CsvSource({
        "2 open 0,       'TXNR 2 came, due was 1'",
        "0 open 0,       'TXNR 0 came, due was 1'",
        "999999999 x 0,  'TXNR 999999999 came, due was 1'"
    })
    void first_frame_with_another_number_ends_the_session(String frame, String text) {
        ServerDriver server = ServerDriver.prompt(99).read(frame + "\n");

        assertEnded(server, Ending.TXNR, text, SERVERCLOSE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4, 999_999_999})
    void gap_repeat_or_zero_ends_the_session(int txnr) {
        ServerDriver server = opened(99).read("2 syslog 1 a\n").acknowledge(1);
        server.newReplies();

        server.read(txnr + " syslog 1 b\n3 syslog 1 c\n");

        assertThat(server.messages).containsExactly("a");
        assertEnded(server, Ending.TXNR, "TXNR " + txnr + " came, due was 3", SERVERCLOSE);
    }

    @Test
    void last_number_is_followed_by_one() {
        RelpServerSession session = new RelpServerSession(99, SOFTWARE, 999_999_997);
        ServerDriver server = new ServerDriver(session, true);

        server.read("999999997 open 15 commands=syslog\n");
        server.newReplies();
        server.read("999999998 syslog 1 a\n999999999 syslog 1 b\n1 syslog 1 c\n2 close 0\n");

        assertThat(server.messages).containsExactly("a", "b", "c");
        assertThat(server.replies())
                .isEqualTo(
                        "999999998 rsp 6 200 OK\n999999999 rsp 6 200 OK\n1 rsp 6 200 OK\n"
                                + "2 rsp 6 200 OK\n"
                                + SERVERCLOSE);
    }

    @Test
    void number_above_nine_digits_ends_the_session() {
        RelpServerSession session = new RelpServerSession(99, SOFTWARE, 999_999_998);
        ServerDriver server = new ServerDriver(session, true);

        server.read("999999998 open 15 commands=syslog\n999999999 syslog 1 a\n");
        server.newReplies();
        server.read("1000000000 syslog 1 b\n");

        assertEnded(server, Ending.MALFORMED, "TXNR is not 1 to 9 digits; TXNR due 1", SERVERCLOSE);
    }

    @Test
    void malformed_frame_ends_the_session() {
        ServerDriver server = opened(99).read("2 syslog 1 ab\n");

        assertThat(server.messages).isEmpty();
        assertEnded(
                server,
                Ending.MALFORMED,
                "no LF where the frame has to end; TXNR due 2",
                SERVERCLOSE);
    }

    @Test
    void unknown_command_ends_the_session() {
        assertEnded(
                opened(99).read("2 starttls 0\n"),
                Ending.COMMAND,
                "unknown command starttls",
                SERVERCLOSE);
        assertEnded(
                opened(99).read("2 SYSLOG 1 x\n"),
                Ending.COMMAND,
                "unknown command SYSLOG",
                SERVERCLOSE);
    }

    @ParameterizedTest
    @CsvSource({
        "syslog 1 a,    500 syslog before open",
        "close 0,       500 close before open",
        "rsp 6 200 OK,  500 rsp is not for a server",
        "serverclose 0, 500 serverclose is not for a server"
    })
    void command_that_does_not_fit_before_open_is_answered_with_500(String frame, String data) {
        ServerDriver server = ServerDriver.prompt(99).read("1 " + frame + "\n2 close 0\n");

        assertThat(server.messages).isEmpty();
        assertEnded(server, Ending.STATE, data.substring(4), rsp(1, data) + SERVERCLOSE);
    }

    @ParameterizedTest
    @CsvSource({
        "open 15 commands=syslog, 500 a second open",
        "rsp 6 200 OK,            500 rsp is not for a server",
        "serverclose 0,           500 serverclose is not for a server"
    })
    void command_that_does_not_fit_behind_open_is_answered_with_500(String frame, String data) {
        ServerDriver server = opened(99).read("2 " + frame + "\n3 syslog 1 a\n");

        assertThat(server.messages).isEmpty();
        assertEnded(server, Ending.STATE, data.substring(4), rsp(2, data) + SERVERCLOSE);
    }

    @ParameterizedTest
    @CsvSource({
        "relp_version=0, 0",
        "relp_version=00, 0",
        "relp_version=1, 1",
        "relp_version=2, 1",
        "relp_version=99999999999999999999, 1",
        "x=y, 0"
    })
    void open_is_answered_with_the_smaller_version(String offer, int answered) {
        ServerDriver server = ServerDriver.prompt(99).read(open(offer + "\ncommands=syslog"));

        assertThat(server.replies())
                .isEqualTo(OPENED.replace("relp_version=0", "relp_version=" + answered));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "commands=syslog",
                "commands=eventlog,syslog,x",
                "commands=a\ncommands=syslog",
                "\nrelp_version=0\nrelp_software=x\ncommands=syslog\n",
                "unknown=1,2,3\ncommands=syslog",
                "empty=\ncommands=syslog"
            })
    void offers_with_syslog_are_accepted(String offers) {
        ServerDriver server = ServerDriver.prompt(99).read(open(offers));

        assertThat(server.replies()).isEqualTo(OPENED);
    }

    @Test
    void offers_at_their_limits_are_accepted() {
        String name = "n".repeat(32);
        String values = ("," + "v".repeat(255)).repeat(64).substring(1);
        String offers = (name + "=" + values + "\n").repeat(63) + "commands=syslog";

        assertThat(offers.length()).isGreaterThan(128 * 1024);
        assertThat(ServerDriver.prompt(2_000_000).read(open(offers)).replies()).isEqualTo(OPENED);
    }

    @Test
    void offers_that_cannot_be_served_are_refused_with_the_reason() {
        String good = "\ncommands=syslog";
        assertRefused("relp_version=0", "no common command: syslog is not offered");
        assertRefused("", "no common command: syslog is not offered");
        assertRefused("commands=Syslog,syslogs", "no common command: syslog is not offered");
        assertRefused("nonsense" + good, "an offer without '='");
        assertRefused("=x" + good, "a name of an offer is not 1 to 32 octets");
        assertRefused("n".repeat(33) + "=x" + good, "a name of an offer is not 1 to 32 octets");
        assertRefused("x=" + "v".repeat(256) + good, "a value of an offer is over 255 octets");
        assertRefused("x=" + ",".repeat(64) + good, "an offer of more than 64 values");
        assertRefused("x=y\n".repeat(64) + good, "more than 64 offers");
        assertRefused("relp_version=one" + good, "relp_version is no number");
        assertRefused("relp_version=" + good, "relp_version is no number");
        assertRefused("relp_version=0,1" + good, "relp_version is no number");
        assertRefused("x=y\n".repeat(40_000) + good, "offers of too many octets");
    }

    @Test
    void software_of_the_peer_is_printable_and_bounded() {
        String name = "\u001b[2J\u00e4" + "x".repeat(200) + "," + "y".repeat(200);

        ServerDriver server =
                ServerDriver.prompt(99).read(open("relp_software=" + name + "\ncommands=syslog"));

        assertThat(server.session.peerSoftware())
                .isEqualTo(("?[2J?" + "x".repeat(200) + "," + "y".repeat(200)).substring(0, 255));
    }

    @Test
    void longest_software_is_offered() {
        String software = "s".repeat(255);
        RelpServerSession session = new RelpServerSession(99, software);

        assertThat(new ServerDriver(session, true).read(OPEN).replies())
                .contains("\nrelp_software=" + software + "\n");
    }

    @Test
    void software_that_cannot_be_offered_is_a_mistake() {
        assertThatThrownBy(() -> new RelpServerSession(99, "a\nb"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RelpServerSession(99, "a".repeat(256)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "4 rsp 6 200 OK, relp-state, '4 rsp 27 500 rsp is not for a server\n'",
        "5 syslog 1 x, relp-txnr, ''",
        "4 nonsense 0, relp-command, ''",
        "nonsense, relp-malformed, ''",
        "4 close 0, closed, '4 rsp 6 200 OK\n'"
    })
    void what_ends_the_session_is_answered_behind_all_messages_before_it(
            String frame, String label, String answer) {
        ServerDriver server = opened(99).read("2 syslog 1 a\n3 syslog 1 b\n" + frame + "\n");

        assertThat(server.replies()).isEmpty();
        assertThat(server.session.ended()).isFalse();
        assertThat(server.session.ending().map(Ending::label)).contains(label);
        assertThat(server.acknowledge(1).newReplies()).isEqualTo("2 rsp 6 200 OK\n");
        assertThat(server.session.ended()).isFalse();
        assertThat(server.acknowledge(1).newReplies())
                .isEqualTo("3 rsp 6 200 OK\n" + answer + SERVERCLOSE);
        assertThat(server.session.ended()).isTrue();
    }

    @Test
    void nothing_is_taken_behind_the_end() {
        ServerDriver server = opened(99).read("2 syslog 1 a\n3 close 0\n");

        server.read("4 syslog 1 b\n").read("5 syslog 1 c\n");

        assertThat(server.messages).containsExactly("a");
        assertThat(server.largestRest()).isZero();
        assertThat(server.acknowledge(1).replies())
                .isEqualTo("2 rsp 6 200 OK\n3 rsp 6 200 OK\n" + SERVERCLOSE);
    }

    @Test
    void shutdown_acknowledges_what_was_given_and_takes_no_more() {
        ServerDriver server = opened(99).read("2 syslog 1 a\n").shutDown().read("3 syslog 1 b\n");

        assertThat(server.messages).containsExactly("a");
        assertThat(server.replies()).isEmpty();
        assertThat(server.session.ended()).isFalse();
        assertThat(server.acknowledge(1).replies()).isEqualTo("2 rsp 6 200 OK\n" + SERVERCLOSE);
        assertThat(server.session.ended()).isTrue();
        assertThat(server.session.ending()).contains(Ending.SHUT_DOWN);
    }

    @Test
    void shutdown_before_open_and_behind_an_error_is_fine() {
        ServerDriver fresh = ServerDriver.slow(99).shutDown();
        ServerDriver failed = opened(99).read("nonsense\n").shutDown();

        assertEnded(fresh, Ending.SHUT_DOWN, "shutdown", SERVERCLOSE);
        assertThat(failed.session.ending()).contains(Ending.MALFORMED);
        assertThat(failed.replies()).isEqualTo(SERVERCLOSE);
    }

    @Test
    void message_at_the_maximum_is_whole_with_any_trailer() {
        for (String trailer : List.of("", "\n", "\r\n", "\0")) {
            ServerDriver server = opened(10).read(syslog(2, "0123456789" + trailer));

            assertThat(server.messages).containsExactly("0123456789");
            assertThat(server.truncated()).isZero();
        }
    }

    @Test
    void message_at_a_maximum_above_128_kib_is_whole_with_any_trailer() {
        for (String trailer : List.of("", "\n", "\r\n", "\0")) {
            String message = "x".repeat(200_000);
            ServerDriver server = opened(200_000).read(syslog(2, message + trailer));

            assertThat(server.messages).containsExactly(message);
            assertThat(server.truncated()).isZero();
        }
    }

    @Test
    void rest_is_bounded_by_128_kib_or_the_maximum_with_its_trailer() {
        assertThat(new RelpServerSession(10, SOFTWARE).maxRest()).isEqualTo(131_072);
        assertThat(new RelpServerSession(131_070, SOFTWARE).maxRest()).isEqualTo(131_072);
        assertThat(new RelpServerSession(200_000, SOFTWARE).maxRest()).isEqualTo(200_002);
        assertThat(new RelpServerSession(Integer.MAX_VALUE, SOFTWARE).maxRest())
                .isEqualTo(999_999_999);
    }

    @Test
    void message_above_the_maximum_is_cut_and_acknowledged_and_the_session_goes_on() {
        ServerDriver server = ServerDriver.prompt(10).read(OPEN);
        server.newReplies();

        server.read(syslog(2, "0123456789A") + syslog(3, "next"));

        assertThat(server.messages).containsExactly("0123456789", "next");
        assertThat(server.truncated()).isEqualTo(1);
        assertThat(server.replies()).isEqualTo("2 rsp 6 200 OK\n3 rsp 6 200 OK\n");
    }

    @Test
    void cut_never_ends_inside_a_character() {
        ServerDriver server = opened(10).read(syslog(2, "012345678\u00e2\u0082\u00ac9"));

        assertThat(server.messages).containsExactly("012345678");
        assertThat(server.truncated()).isEqualTo(1);
    }

    @Test
    void data_up_to_128_kib_is_whole_before_its_message_is_given() {
        String data = "x".repeat(128 * 1024);
        ServerDriver server = opened(10).read("2 syslog 131072 " + data);

        assertThat(server.messages).isEmpty();
        assertThat(server.largestRest()).isEqualTo(128 * 1024);
        assertThat(server.read("\n").messages).containsExactly("x".repeat(10));
    }

    @Test
    void message_longer_than_any_memory_is_cut_and_acknowledged_behind_its_end() {
        int length = 40_000_000;
        ServerDriver server = opened(10).read("2 syslog 1 a\n3 syslog " + length + " ");
        byte[] piece = new byte[50_000];
        Arrays.fill(piece, (byte) 'x');

        for (int sent = 0; sent < length; sent += piece.length) {
            server.read(piece);
        }

        assertThat(server.messages).containsExactly("a", "x".repeat(10));
        assertThat(server.largestRest()).isLessThanOrEqualTo(server.session.maxRest());
        assertThat(server.acknowledge(2).newReplies()).isEqualTo("2 rsp 6 200 OK\n");
        assertThat(server.read("\n").newReplies()).isEqualTo("3 rsp 6 200 OK\n");
        server.read(syslog(4, "next")).acknowledge(1);
        assertThat(server.messages).endsWith("next");
        assertThat(server.replies()).isEqualTo("4 rsp 6 200 OK\n");
    }

    @Test
    void message_whose_frame_does_not_end_well_is_not_acknowledged() {
        ServerDriver server = opened(10).read("2 syslog 200000 " + "x".repeat(200_000) + "!");

        assertThat(server.messages).containsExactly("x".repeat(10));
        assertThat(server.session.ended()).isFalse();
        server.acknowledge(1);
        assertEnded(
                server,
                Ending.MALFORMED,
                "no LF where the frame has to end; TXNR due 3",
                SERVERCLOSE);
    }

    @Test
    void replies_gather_until_they_are_taken() {
        RelpServerSession session = new RelpServerSession(99, SOFTWARE);
        StringBuilder stream = new StringBuilder(OPEN);
        StringBuilder expected = new StringBuilder(OPENED);
        for (int txnr = 2; txnr < 5000; txnr++) {
            stream.append(txnr).append(" syslog 0\n");
            expected.append(txnr).append(" rsp 6 200 OK\n");
        }
        byte[] octets = Pieces.octets(stream.toString());

        int from = 0;
        while (session.next(octets, from, octets.length) == RelpServerSession.Step.MESSAGE) {
            from = session.consumedTo();
        }
        session.acknowledge(4998);

        assertThat(Pieces.text(Arrays.copyOf(session.replies(), session.repliesLength())))
                .isEqualTo(expected.toString());
        session.repliesTaken();
        assertThat(session.repliesLength()).isZero();
        assertThat(session.replies()).hasSizeLessThanOrEqualTo(16 * 1024);
    }

    @Test
    void labels_of_endings_are_stable() {
        assertThat(Arrays.stream(Ending.values()).map(Ending::label))
                .containsExactly(
                        "closed",
                        "shutdown",
                        "relp-malformed",
                        "relp-txnr",
                        "relp-command",
                        "relp-state",
                        "relp-offers");
    }

    private static ServerDriver opened(int maxMessage) {
        ServerDriver server = ServerDriver.slow(maxMessage).read(OPEN);
        assertThat(server.newReplies()).isEqualTo(OPENED);
        return server;
    }

    private static String given(String data) {
        ServerDriver server = opened(99).read(syslog(2, data));
        assertThat(server.messages).hasSize(1);
        return server.messages.getFirst();
    }

    private static String open(String offers) {
        return offers.isEmpty() ? "1 open 0\n" : "1 open " + offers.length() + " " + offers + "\n";
    }

    private static String syslog(int txnr, String data) {
        return txnr + " syslog " + data.length() + " " + data + "\n";
    }

    private static String rsp(int txnr, String data) {
        return txnr + " rsp " + data.length() + " " + data + "\n";
    }

    private static void assertRefused(String offers, String reason) {
        ServerDriver server = ServerDriver.prompt(99).read(open(offers) + "2 syslog 1 a\n");

        assertThat(server.messages).isEmpty();
        assertThat(reason.length()).isLessThanOrEqualTo(80);
        assertEnded(server, Ending.OFFERS, reason, rsp(1, "500 " + reason) + SERVERCLOSE);
    }

    private static void assertEnded(
            ServerDriver server, Ending ending, String text, String replies) {
        assertThat(server.replies()).isEqualTo(replies);
        assertThat(server.session.ended()).isTrue();
        assertThat(server.session.ending()).contains(ending);
        assertThat(server.session.endingText()).isEqualTo(text);
    }
}
