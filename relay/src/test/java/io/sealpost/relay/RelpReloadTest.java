package io.sealpost.relay;

import static io.sealpost.relay.listen.RelpPeer.ack;
import static io.sealpost.relay.listen.RelpPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.listen.RelpPeer;
import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** RELP sessions and another conf file for the running relay. */
@Timeout(120)
class RelpReloadTest {
    @TempDir Path folder;

    @Test
    void sessions_live_on_when_their_listener_changes_or_goes() throws Exception {
        try (RunningRelay relay =
                RunningRelay.whole(folder, NanoClock.system(), conf("r", "transport = relp"))) {
            int port = relay.port("r");
            try (RelpPeer peer = RelpPeer.open(port)) {
                done(relay.reloadWhole(conf("s", "transport = relp, idle-timeout = 1 h")));

                assertTaken(peer, 2);
                try (RelpPeer second = RelpPeer.open(port)) {
                    assertTaken(second, 2);
                }
                assertThat(relay.metrics())
                        .contains("sealpost_relp_acknowledged_total{listener=\"r\"} 1.0")
                        .contains("sealpost_relp_acknowledged_total{listener=\"s\"} 1.0");
                done(relay.reloadWhole(conf("t", "transport = udp")));
                assertTaken(peer, 3);
            }
            relay.awaitDelivered("a", 3);
        }
    }

    @Test
    void a_session_that_outlived_its_listener_is_acknowledged_and_closed_at_the_stop()
            throws Exception {
        RelpPeer peer;
        try (RunningRelay relay =
                RunningRelay.whole(folder, NanoClock.system(), conf("r", "transport = relp"))) {
            peer = RelpPeer.open(relay.port("r"));
            done(relay.reloadWhole(conf("t", "transport = udp")));
            peer.write(frame(2, "<13>1 - h a - - - last"));
        }
        try (peer) {
            assertThat(peer.rest()).isEqualTo(ack(2) + "\n0 serverclose 0\n");
        }
    }

    private static void assertTaken(RelpPeer peer, int txnr) throws IOException {
        peer.write(frame(txnr, "<13>1 - h a - - - m"));
        assertThat(peer.answer()).isEqualTo(ack(txnr));
    }

    private static void done(Reload.Outcome outcome) {
        assertThat(outcome).as(outcome.toString()).isInstanceOf(Reload.Outcome.Done.class);
    }

    private static String conf(String name, String listener) {
        return """
        sealpost {
          data-dir = state
          listeners.%s { bind = "127.0.0.1:0", %s }
          upstreams.a { type = file, path = "a.log" }
          spool.reserve = 0
          admin.bind = "127.0.0.1:0"
          log.events = off
        }
        """
                .formatted(name, listener);
    }
}
