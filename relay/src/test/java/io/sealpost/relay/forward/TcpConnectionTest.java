package io.sealpost.relay.forward;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.sealpost.relay.Beside;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
@Beside
class TcpConnectionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);

    @Test
    void a_close_in_answer_to_a_message_stays_one_however_late_it_is_looked_at() throws Exception {
        try (SyslogSink sink = SyslogSink.listen(0, (_, peer) -> peer.read(2))) {
            TcpConnection connection = StreamUpstreams.connect(sink.port());
            try {
                send(connection, "5 hello");
                await().atMost(PATIENCE).until(() -> connection.unanswered(SHORT));

                send(connection, "6 poison");
                await().atMost(PATIENCE).until(connection::endedByFin);
                await().during(SHORT.multipliedBy(2))
                        .atMost(PATIENCE)
                        .until(() -> !connection.unanswered(SHORT));
            } finally {
                connection.close();
            }
        }
    }

    @Test
    void a_close_after_quiet_answers_nothing() throws Exception {
        try (SyslogSink sink =
                SyslogSink.listen(
                        0,
                        (_, peer) -> {
                            peer.read();
                            peer.pause(2 * SHORT.toMillis());
                        })) {
            TcpConnection connection = StreamUpstreams.connect(sink.port());
            try {
                send(connection, "5 hello");
                await().atMost(PATIENCE).until(connection::endedByFin);

                assertThat(connection.unanswered(SHORT)).isTrue();
            } finally {
                connection.close();
            }
        }
    }

    private static void send(TcpConnection connection, String frame) {
        connection.send(Unpooled.copiedBuffer(frame, US_ASCII));
    }
}
