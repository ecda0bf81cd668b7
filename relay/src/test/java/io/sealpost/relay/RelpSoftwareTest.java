package io.sealpost.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.forward.RelpSink;
import io.sealpost.relay.listen.RelpPeer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which software RELP peers are told that they talk with. */
@Timeout(120)
@Beside
class RelpSoftwareTest {
    private static final String NAME_VERSION_ADDRESS =
            "(?s).*\nrelp_software=sealpost,[0-9][^,\n]*,https://[^,\n]+\n.*";

    @TempDir Path folder;

    @Test
    void both_sides_tell_name_version_and_address() throws Exception {
        CompletableFuture<String> asClient = new CompletableFuture<>();
        try (RelpSink sink =
                        RelpSink.listen(
                                0, (_, peer) -> asClient.complete(peer.read().data() + "\n"));
                RunningRelay relay =
                        RunningRelay.start(
                                folder,
                                """
                                listeners.r { transport = relp, bind = "127.0.0.1:0" }
                                upstreams.s { type = relp, servers = ["127.0.0.1:%d"] }
                                """
                                        .formatted(sink.port()));
                RelpPeer client = RelpPeer.open(relay.port("r"))) {
            assertThat(client.opened() + "\n").matches(NAME_VERSION_ADDRESS);
            assertThat(asClient.get(60, TimeUnit.SECONDS)).matches(NAME_VERSION_ADDRESS);
        }
    }
}
