package io.sealpost.relay;

import io.sealpost.relay.config.ConfigReader;
import io.sealpost.relay.config.ConfigResult;
import io.sealpost.relay.config.DataDirGuess;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Speaks to the running relay of a conf file. */
final class ControlClient {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final String word;
    private final Console console;

    /** What to do with the answer. */
    interface Talk {
        ExitCode with(InputStream answer) throws IOException;
    }

    ControlClient(String word, Console console) {
        this.word = word;
        this.console = console;
    }

    /**
     * Asks the relay and hands its answer over. A relay that is not there, or says nothing for so
     * long where a patience is given, is an error line and "could not".
     */
    ExitCode ask(Path conf, Optional<Duration> patience, Talk talk) {
        Optional<ControlSocket> found = socket(conf);
        if (found.isEmpty()) {
            return ExitCode.BAD_USAGE;
        }
        ControlSocket socket = found.get();
        SocketChannel channel;
        try {
            channel = socket.connect();
        } catch (IOException e) {
            return failed("no relay can be reached at " + socket.path() + " (" + reason(e) + ")");
        }
        CountDownLatch answered = new CountDownLatch(1);
        try (channel) {
            patience.ifPresent(most -> closeAfter(most, channel, answered));
            channel.write(ByteBuffer.wrap((word + "\n").getBytes(StandardCharsets.UTF_8)));
            return talk.with(
                    new BufferedInputStream(Channels.newInputStream(channel), BUFFER_BYTES));
        } catch (IOException e) {
            return failed("the relay at " + socket.path() + " does not answer");
        } finally {
            answered.countDown();
        }
    }

    /**
     * Where the relay of this conf file listens. The file may have mistakes that the relay, which
     * runs with what it was, knows nothing of.
     */
    private Optional<ControlSocket> socket(Path conf) {
        return switch (ConfigReader.read(conf)) {
            case ConfigResult.Loaded loaded ->
                    Optional.of(ControlSocket.in(loaded.config().dataDir()));
            case ConfigResult.Rejected rejected -> {
                Optional<ControlSocket> guess =
                        DataDirGuess.of(conf).map(ControlSocket::in).filter(ControlSocket::exists);
                if (guess.isPresent()) {
                    console.err()
                            .println(
                                    "sealpost "
                                            + word
                                            + ": "
                                            + conf
                                            + " has mistakes now, which \"sealpost check\" names;"
                                            + " the relay runs with what it was");
                } else {
                    ConfFile.print(rejected.problems(), console);
                }
                yield guess;
            }
        };
    }

    private static void closeAfter(Duration most, SocketChannel channel, CountDownLatch answered) {
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                if (!answered.await(most.toMillis(), TimeUnit.MILLISECONDS)) {
                                    channel.close();
                                }
                            } catch (InterruptedException | IOException _) {
                                Thread.currentThread().interrupt();
                            }
                        });
    }

    private static String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        return switch (message) {
            case "No such file or directory" -> "there is no such socket";
            case "Connection refused" -> "it was left by a relay that was killed";
            case "Permission denied" -> "permission denied: be the relay's user, or in its group";
            default -> message;
        };
    }

    private ExitCode failed(String sentence) {
        console.err().println("sealpost " + word + ": " + sentence);
        return ExitCode.COULD_NOT;
    }
}
