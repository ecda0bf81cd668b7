package io.sealpost.relay;

import io.sealpost.relay.verify.LogBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A sealed log in a data folder for tests of commands, and one of its upstream's files. */
record LogInFolder(Path dir, LogBuilder log, CommandRun commands) implements AutoCloseable {
    /** With the messages in a spool, too. */
    static LogInFolder spooled(Path dir, int batches, int count) throws IOException {
        LogBuilder log = LogBuilder.spooled(dir.resolve("data")).filled(batches, count);
        return new LogInFolder(dir, log, new CommandRun());
    }

    /** Without a spool, as if its messages were long gone. */
    static LogInFolder sealed(Path dir, int batches, int count) throws IOException {
        LogBuilder log = LogBuilder.in(dir.resolve("data")).filled(batches, count);
        return new LogInFolder(dir, log, new CommandRun());
    }

    Path data() {
        return dir.resolve("data");
    }

    /** The folder of the log. */
    String place() {
        return dir.resolve("data/integrity").toString();
    }

    /** Its Ed25519 key. */
    String key() {
        return log.printedKeys().getFirst();
    }

    /** An upstream's file of these messages. */
    String file(List<byte[]> messages) throws IOException {
        return Files.write(dir.resolve("up.log"), LogBuilder.lines(messages)).toString();
    }

    /** An upstream's file of all messages. */
    String file() throws IOException {
        return file(log.messages());
    }

    int run(String... words) {
        return commands.run(words);
    }

    String said() {
        return commands.text();
    }

    @Override
    public void close() throws IOException {
        log.close();
    }
}
