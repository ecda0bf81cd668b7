package io.sealpost.relay.forward;

import io.sealpost.relay.spool.FrameRun;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.UpstreamQueue;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the files that the cursor's state speaks of, whatever their names are now, and tells which
 * messages behind the cursor they already hold. Confined to the forwarder's thread.
 */
final class ArchiveRecovery {
    private static final Logger LOGGER = LoggerFactory.getLogger(ArchiveRecovery.class);
    private static final int RUN_OCTETS = 64 * 1024;

    private final FileUpstreamSettings settings;
    private final UpstreamQueue queue;
    private final Storage storage;
    private final OpenFiles files;

    ArchiveRecovery(
            FileUpstreamSettings settings, UpstreamQueue queue, Storage storage, OpenFiles files) {
        this.settings = settings;
        this.queue = queue;
        this.storage = storage;
        this.files = files;
    }

    /**
     * Which messages are there already: for each file by its name, those before this sequence.
     *
     * @param names tells which file a message went to
     * @param before for each file, the sequence behind the last message that it holds
     */
    record Kept(FileNames names, Map<String, Long> before) {
        /** Whether the file has this message. */
        boolean has(String name, long sequence) {
            return sequence < before.getOrDefault(name, 0L);
        }

        /** Behind the last message that any file has. */
        long end() {
            return before.values().stream().mapToLong(Long::longValue).max().orElse(0);
        }
    }

    /** Leaves the queue at its cursor. */
    Kept recover(ArchiveState state) throws IOException, InterruptedException {
        PathTemplate path = path(state);
        Map<String, Long> before = new HashMap<>();
        if (path.root().equals(settings.path().root())) {
            for (String name : expectedNames(path, state)) {
                for (ArchiveState.Part part : state.files()) {
                    if (part.name() == ArchiveState.hash(name)) {
                        examine(part, name, path, state.layout(), before);
                    }
                }
            }
        } else {
            LOGGER.warn(
                    "upstream {}: its path was {} before; what may have been written there last is"
                            + " written to the new place again",
                    settings.name(),
                    path);
        }
        queue.rewind(queue.confirmed());
        return new Kept(new FileNames(path, settings.zone()), before);
    }

    /** The path that the files were named by. */
    private PathTemplate path(ArchiveState state) {
        if (state.path().isEmpty() || state.path().equals(settings.path().toString())) {
            return settings.path();
        }
        return PathTemplate.parse(state.path());
    }

    /** Names that messages behind the cursor go to, and that the state speaks of. */
    private Set<String> expectedNames(PathTemplate path, ArchiveState state)
            throws IOException, InterruptedException {
        Set<Long> hashes = new HashSet<>();
        state.files().forEach(part -> hashes.add(part.name()));
        Set<String> found = new HashSet<>();
        FileNames names = new FileNames(path, settings.zone());
        RunText text = new RunText(state.layout());
        queue.rewind(queue.confirmed());
        long octets = 0;
        while (octets < ExpectedMessages.MOST_OCTETS && !hashes.isEmpty()) {
            FrameRun run = queue.poll(RUN_OCTETS, Duration.ZERO);
            if (run == null) {
                break;
            }
            try (run) {
                octets += run.length();
                text.read(run);
                names.time(run.receivedMicros());
                int messages = names.perRun() ? 1 : run.count();
                for (int i = 0; i < messages; i++) {
                    text.next();
                    String name = names.of(text).name();
                    if (!found.contains(name) && hashes.contains(ArchiveState.hash(name))) {
                        found.add(name);
                    }
                }
            }
        }
        return found;
    }

    private void examine(
            ArchiveState.Part part,
            String name,
            PathTemplate path,
            Layout layout,
            Map<String, Long> before)
            throws IOException, InterruptedException {
        String now = locate(part, name);
        if (now.isEmpty()) {
            LOGGER.info(
                    "upstream {}: {} of before is gone; going on in a new file",
                    settings.name(),
                    pathOf(name));
            return;
        }
        try (ArchiveFile file = ArchiveFile.open(storage, now)) {
            if (file.length() > part.length()) {
                checkTail(part, name, file, expected(name, path, layout, before), layout, before);
            } else if (file.length() < part.length()) {
                LOGGER.info(
                        "upstream {}: {} was cut by others from {} to {} octets; going on behind"
                                + " them",
                        settings.name(),
                        pathOf(now),
                        part.length(),
                        file.length());
            }
        }
    }

    /** The messages for this file, behind those that were found before under its name. */
    private ExpectedMessages expected(
            String name, PathTemplate path, Layout layout, Map<String, Long> before)
            throws IOException, InterruptedException {
        queue.rewind(queue.confirmed());
        ExpectedMessages expected =
                new ExpectedMessages(queue, layout, new FileNames(path, settings.zone()), name);
        long from = before.getOrDefault(name, 0L);
        while (expected.present() && expected.position().sequence() < from) {
            expected.advance();
        }
        return expected;
    }

    /** The name that the file has now; empty if it is gone. */
    private String locate(ArchiveState.Part part, String known) throws IOException {
        if (storage.identity(known) == part.identity()) {
            return known;
        }
        String folder = PathTemplate.folderOf(known);
        for (String entry : storage.list(folder)) {
            String name = folder.isEmpty() ? entry : folder + "/" + entry;
            if (storage.identity(name) == part.identity()) {
                return name;
            }
        }
        return "";
    }

    private void checkTail(
            ArchiveState.Part part,
            String name,
            ArchiveFile file,
            ExpectedMessages expected,
            Layout layout,
            Map<String, Long> before)
            throws IOException, InterruptedException {
        TailCheck.Result result =
                new TailCheck(file.file(), expected, layout.framing())
                        .check(part.length(), !files.distrusted());
        files.sync(file);
        if (result.kept() > 0) {
            before.put(name, result.end());
        }
        LOGGER.info(
                "upstream {}: behind octet {} of {}: {} messages kept, {} octets of an unfinished"
                        + " write cut off, {} octets of others left",
                settings.name(),
                part.length(),
                pathOf(file.name()),
                result.kept(),
                result.cut(),
                result.foreign());
    }

    private Path pathOf(String name) {
        return settings.path().root().resolve(name);
    }
}
