package io.sealpost.relay;

import io.sealpost.protocol.message.TimestampWriter;
import io.sealpost.relay.config.Facts;
import io.sealpost.relay.runtime.NanoClock;
import java.nio.charset.StandardCharsets;

/** Makes the messages of {@code send}, numbered where there are several. Confined to one thread. */
final class TestMessage {
    /** user.notice. */
    private static final String PRI = "<13>1 ";

    private final NanoClock clock;
    private final boolean numbered;
    private final String head;
    private final String text;
    private final TimestampWriter timestamps = new TimestampWriter();
    private final byte[] timestamp = new byte[TimestampWriter.MAX_LENGTH];

    TestMessage(String text, boolean numbered, NanoClock clock) {
        this.clock = clock;
        this.numbered = numbered;
        this.head =
                " "
                        + Facts.machineName()
                        + " sealpost-send "
                        + ProcessHandle.current().pid()
                        + " - ";
        this.text = " " + text;
    }

    /** The message with this number, from 1 on; it stands as sequenceId (RFC 5424 §7.3.1). */
    byte[] make(int number) {
        int length = timestamps.write(clock.epochMicros(), 0, 6, timestamp, 0);
        String time = new String(timestamp, 0, length, StandardCharsets.US_ASCII);
        String data = numbered ? "[meta sequenceId=\"" + number + "\"]" : "-";
        return (PRI + time + head + data + text).getBytes(StandardCharsets.UTF_8);
    }
}
