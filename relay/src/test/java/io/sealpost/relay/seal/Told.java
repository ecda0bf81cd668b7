package io.sealpost.relay.seal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sealpost.relay.integrity.Checkpoint;
import io.sealpost.relay.integrity.NoteFormatException;
import io.sealpost.relay.integrity.SignedNote;
import io.sealpost.relay.watch.EventKind;
import java.util.ArrayList;
import java.util.List;

/** What the announcer was told, in order. */
class Told implements Announcer {
    final List<String> all = new ArrayList<>();
    final List<Checkpoint> checkpoints = new ArrayList<>();

    @Override
    public Announcement checkpoint(SignedNote note) {
        try {
            Checkpoint checkpoint = Checkpoint.parse(note.text());
            checkpoints.add(checkpoint);
            return message(EventKind.CHECKPOINT, "checkpoint " + checkpoint.size());
        } catch (NoteFormatException e) {
            throw new AssertionError(e);
        }
    }

    private static Announcement message(EventKind kind, String text) {
        return new Announcement(kind, text.getBytes(UTF_8));
    }

    @Override
    public Announcement dropped(long firstLeaf, long endLeaf) {
        all.add("dropped " + firstLeaf + " " + endLeaf);
        return message(EventKind.INTEGRITY_DROPPED, all.getLast());
    }

    @Override
    public Announcement droppedCheckpoints(long fewerThan) {
        all.add("dropped checkpoints below " + fewerThan);
        return message(EventKind.INTEGRITY_DROPPED, all.getLast());
    }

    @Override
    public void lost(long firstSequence, long endSequence) {
        all.add("lost " + firstSequence + " " + endSequence);
    }

    @Override
    public Announcement reopened(ClosedLog before) {
        all.add("reopened " + before);
        return message(EventKind.INTEGRITY_REOPENED, all.getLast());
    }

    @Override
    public void unchecked(String reason, boolean alarming) {
        all.add((alarming ? "alarm " : "unchecked ") + reason);
    }

    @Override
    public void failing(Exception failure, String reason) {
        all.add("failing");
    }

    @Override
    public void working() {
        all.add("working");
    }
}
