package io.sealpost.relay.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sealpost.relay.spool.StreamKey;
import io.sealpost.relay.spool.StreamMark;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NumberedStreamsTest {
    private static final StreamKey KEY = key("stream");

    private final NumberedStreams streams = new NumberedStreams(Map.of());

    @Test
    void a_new_connection_waits_until_what_the_one_before_took_in_is_durable() {
        AtomicBoolean durable = new AtomicBoolean();
        Channel first = new EmbeddedChannel();
        Channel second = new EmbeddedChannel();
        StreamMark mark = streams.claim(KEY, first);
        assertThat(streams.claim(KEY, second)).isNull();
        assertThat(first.isOpen()).isFalse();

        streams.release(KEY, first, durable::get);
        assertThat(streams.claim(KEY, second)).isNull();
        durable.set(true);
        assertThat(streams.claim(KEY, second)).isSameAs(mark).isNotNull();
    }

    @Test
    void also_the_one_after_it_waits_if_it_ended_meanwhile() {
        AtomicBoolean durable = new AtomicBoolean();
        Channel first = new EmbeddedChannel();
        Channel second = new EmbeddedChannel();
        streams.claim(KEY, first);
        streams.release(KEY, first, durable::get);
        streams.claim(KEY, second);
        streams.release(KEY, second, () -> true);

        assertThat(streams.claim(KEY, new EmbeddedChannel())).isNull();
        durable.set(true);
        assertThat(streams.claim(KEY, new EmbeddedChannel())).isNull(); // the last one has it
    }

    @Test
    void nothing_is_kept_of_connections_whose_messages_are_durable() {
        AtomicInteger asked = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            Channel one = new EmbeddedChannel();
            assertThat(streams.claim(KEY, one)).isNotNull();
            streams.release(
                    KEY,
                    one,
                    () -> {
                        asked.incrementAndGet();
                        return true;
                    });
        }
        asked.set(0);

        assertThat(streams.claim(KEY, new EmbeddedChannel())).isNotNull();
        assertThat(asked).hasValue(1);
    }

    @Test
    void those_not_heard_of_for_longest_are_forgotten_but_not_those_in_use() {
        Channel lasting = new EmbeddedChannel();
        StreamMark mark = streams.claim(KEY, lasting);
        for (int i = 0; i < NumberedStreams.MAX_STREAMS + 10; i++) {
            Channel one = new EmbeddedChannel();
            streams.claim(key("s" + i), one);
            streams.release(key("s" + i), one, () -> true);
        }

        assertThat(streams.size()).isEqualTo(NumberedStreams.MAX_STREAMS);
        assertThat(streams.claim(KEY, lasting)).isSameAs(mark);
    }

    private static StreamKey key(String id) {
        return new StreamKey(id, "192.0.2.1");
    }
}
