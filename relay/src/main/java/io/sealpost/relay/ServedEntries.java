package io.sealpost.relay;

import io.sealpost.relay.admin.ServedFiles.Answer;
import io.sealpost.relay.admin.ServedFiles.Keeping;
import io.sealpost.relay.integrity.EntryBundle;
import io.sealpost.relay.integrity.Tile;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.verify.DataFolderLog;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Entries of the log for those who show the token, since entries are the messages themselves. One
 * bundle at a time is read and sent, so that memory holds one, of at most 16 MiB, and the relay's
 * disk is not kept busy. Thread-safe.
 */
final class ServedEntries {
    private static final String TYPE = "application/octet-stream";

    /** How long somebody waits for the turn. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final DataFolderLog log;
    private final Optional<AdminToken> token;
    private final Duration patience;
    private final Semaphore turn = new Semaphore(1);

    ServedEntries(Storage storage, Optional<AdminToken> token, Duration patience) {
        this.patience = patience;
        this.log = DataFolderLog.of("data-dir", storage);
        this.token = token;
    }

    /**
     * A bundle that the log has.
     *
     * @param shown by whoever asks
     */
    Answer open(Tile.Entries bundle, Optional<String> shown) throws IOException {
        if (token.isEmpty() || shown.filter(token.get()::is).isEmpty()) {
            return new Answer.Forbidden(
                    "entries are messages: they take the token in data-dir/" + AdminToken.FILE);
        }
        boolean mine = false;
        try {
            mine = turn.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
            Answer answer = mine ? read(bundle) : new Answer.Busy("another bundle is being sent");
            mine &= !(answer instanceof Answer.Opened); // whose end gives the turn back
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            if (mine) {
                turn.release();
            }
        }
    }

    private Answer read(Tile.Entries bundle) throws IOException {
        try (log) { // only its files are closed: it goes on where it was
            Optional<List<byte[]>> entries = log.entries(bundle);
            if (entries.isEmpty()) {
                return new Answer.Missing(
                        "no longer kept: the spool has released messages of this bundle");
            }
            return new Answer.Opened(
                    TYPE,
                    EntryBundle.octets(entries.get()),
                    Keeping.FOR_EVER_BY_ONE,
                    new TurnStream(EntryBundle.stream(entries.get())));
        }
    }

    private final class TurnStream extends FilterInputStream {
        private boolean closed;

        TurnStream(InputStream in) {
            super(in);
        }

        @Override
        public void close() throws IOException {
            super.close();
            if (!closed) {
                closed = true;
                turn.release();
            }
        }
    }
}
