package io.sealpost.relay.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.protocol.encode.Rfc5424Encoder;
import io.sealpost.protocol.message.Annotate;
import io.sealpost.protocol.message.MessageScan;
import io.sealpost.protocol.parse.MessageParser;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerRulesTest {
    private static final PeerRules RULES =
            new PeerRules(
                    List.of(Network.parse("10.0.0.0/8"), Network.parse("fe80::/10")),
                    ZoneOffset.UTC,
                    List.of(
                            new PeerRules.Zoned(Network.parse("10.2.0.0/16"), ZoneId.of("+02:00")),
                            new PeerRules.Zoned(
                                    Network.parse("10.2.3.0/24"), ZoneId.of("+03:00"))));

    @Test
    void peers_in_any_allowed_network_are_admitted() {
        assertThat(RULES.admits(peer("10.9.9.9").getAddress())).isTrue();
        assertThat(RULES.admits(peer("fe80::1").getAddress())).isTrue();
        assertThat(RULES.admits(peer("192.0.2.1").getAddress())).isFalse();
    }

    @Test
    void everybody_is_admitted_where_nothing_is_said() {
        PeerRules open = new PeerRules(List.of(), ZoneOffset.UTC, List.of());

        assertThat(open.admits(peer("192.0.2.1").getAddress())).isTrue();
    }

    @Test
    void the_most_specific_network_gives_the_zone() {
        assertThat(sent("10.1.0.1")).contains("T10:00:00+00:00 10.1.0.1 ");
        assertThat(sent("10.2.0.1")).contains("T10:00:00+02:00 10.2.0.1 ");
        assertThat(sent("10.2.3.1")).contains("T10:00:00+03:00 10.2.3.1 ");
    }

    @Test
    void scope_of_a_link_local_address_is_no_part_of_the_hostname() {
        assertThat(RULES.origin(peer("fe80::1%1")).peerAddress()).isEqualTo("fe80::1");
    }

    private static String sent(String peer) {
        byte[] octets = "<13>Nov 24 10:00:00 app: text".getBytes(StandardCharsets.US_ASCII);
        MessageScan scan = new MessageScan();
        long received = 1_795_521_600_000_000L;
        new MessageParser()
                .parse(octets, 0, octets.length, false, RULES.origin(peer(peer)), received, scan);
        byte[] out = new byte[1000];
        int length = new Rfc5424Encoder(Annotate.NONE, 32473).encode(scan, out, 0);
        return new String(out, 0, length, StandardCharsets.US_ASCII).replace("Z ", "+00:00 ");
    }

    private static InetSocketAddress peer(String address) {
        return new InetSocketAddress(address, 514);
    }
}
