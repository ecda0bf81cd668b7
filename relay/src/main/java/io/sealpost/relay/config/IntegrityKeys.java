package io.sealpost.relay.config;

import io.sealpost.relay.config.Key.Preset.Described;
import io.sealpost.relay.config.Key.Preset.Written;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The keys of the block {@code integrity}, and what they become. */
final class IntegrityKeys {
    private static final String BLOCK = "integrity";

    private IntegrityKeys() {}

    static List<Key> keys() {
        return List.of(
                Schema.key(
                        BLOCK + ".enabled",
                        new Kind.Flag(),
                        new Written("true"),
                        "Whether every message is sealed into the integrity log, so that a change,"
                                + " a loss or an addition shows later. What came while it was"
                                + " `false` is not sealed later than the spool keeps it."),
                Schema.key(
                        BLOCK + ".checkpoint-interval",
                        new Kind.Time(Duration.ofMillis(100), Duration.ofSeconds(60)),
                        new Written("1 s"),
                        "Checkpoints are signed at most so often while messages come, and every"
                                + " 60 s while none do. What is not yet in a checkpoint that"
                                + " somebody else has can still be changed by whoever owns this"
                                + " machine."),
                Schema.key(
                        BLOCK + ".keep",
                        new Kind.Time(Duration.ofDays(1), Schema.YEARS),
                        new Written("400 d"),
                        "How long hashes, metadata and checkpoints stay. Later, proof of a message"
                                + " needs what upstreams have; hashes over 256 messages and more"
                                + " stay."),
                Schema.key(
                        BLOCK + ".max-size",
                        new Kind.Size(64 * Schema.MIB, 1024 * Schema.TIB),
                        new Written("5 GiB"),
                        "The most that hashes, metadata and checkpoints take; the oldest go before,"
                                + " in whole files, the newest of which, up to 128 MiB, stay. At"
                                + " most half is checkpoints: all of the last day, up to 310 MB at"
                                + " one a second, and one a minute of the time before, 5 MB a day."
                                + " Not counted are hashes over 256 messages and more, which stay:"
                                + " an octet for eight messages."),
                Schema.key(
                        BLOCK + ".remember",
                        new Kind.WrittenFile(),
                        new Described("none: a restored copy of `data-dir` is not noticed"),
                        "File on another volume in which the newest checkpoint is kept, written at"
                                + " most once a second. If it knows more at a start than `data-dir`"
                                + " does, that was put back from a copy: the log is closed, another"
                                + " one is opened, and an alarm is raised."));
    }

    static RelayConfig.Integrity map(Block block) {
        return new RelayConfig.Integrity(
                block.get("enabled", Boolean.class),
                block.get("checkpoint-interval", Duration.class),
                block.get("keep", Duration.class),
                block.get("max-size", Long.class),
                block.find("remember", Path.class));
    }
}
