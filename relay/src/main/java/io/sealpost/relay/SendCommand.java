package io.sealpost.relay;

import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.tls.TlsFileException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code sealpost send}. */
final class SendCommand {
    private final Console console;
    private final NanoClock clock;

    SendCommand(Console console, NanoClock clock) {
        this.console = console;
        this.clock = clock;
    }

    ExitCode run(SendOrder order) {
        TestConnection connection;
        try {
            connection = TestConnection.open(order, clock);
        } catch (TlsFileException e) {
            console.err().println("sealpost send: --" + e.key() + ": " + e.problem());
            return ExitCode.BAD_USAGE;
        } catch (IOException e) {
            console.err()
                    .println("sealpost send: cannot connect to " + order.to() + ": " + reason(e));
            return ExitCode.COULD_NOT;
        }
        return send(order, connection);
    }

    private ExitCode send(SendOrder order, TestConnection opened) {
        long started = clock.nanos();
        int sent = 0;
        try (TestConnection connection = opened) {
            TestMessage message = new TestMessage(order.text(), order.count() > 1, clock);
            long octets = 0;
            while (sent < order.count()) {
                pace(order, sent, started, connection);
                byte[] next = message.make(sent + 1);
                connection.send(next);
                octets += next.length;
                sent++;
            }
            connection.flush();
            double seconds = Math.max(1, clock.nanos() - started) / 1e9;
            String known = connection.end();
            console.out()
                    .println(
                            String.format(
                                    Locale.ROOT,
                                    "sent %d message%s (%d octets) in %.3f s, %.0f a second; %s",
                                    sent,
                                    sent == 1 ? "" : "s",
                                    octets,
                                    seconds,
                                    sent / seconds,
                                    known));
            return ExitCode.GOOD;
        } catch (IOException e) {
            console.err()
                    .println(
                            "sealpost send: "
                                    + order.to()
                                    + " did not take all messages ("
                                    + sent
                                    + " of "
                                    + order.count()
                                    + " were written): "
                                    + reason(e));
            return ExitCode.NOT_SO;
        }
    }

    /** Waits until the next message is due. */
    private void pace(SendOrder order, int sent, long started, TestConnection connection)
            throws IOException {
        if (order.rate() == 0) {
            return;
        }
        long due = started + (long) (sent / order.rate() * TimeUnit.SECONDS.toNanos(1));
        if (due - clock.nanos() > 0) {
            connection.flush();
        }
        for (long rest = due - clock.nanos(); rest > 0; rest = due - clock.nanos()) {
            LockSupport.parkNanos(this, rest);
        }
    }

    private static String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        return e instanceof UnknownHostException ? "no address is known for it" : message;
    }
}
