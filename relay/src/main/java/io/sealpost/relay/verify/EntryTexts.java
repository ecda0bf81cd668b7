package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.BatchEntry;
import io.sealpost.relay.integrity.MetadataReader;
import io.sealpost.relay.spool.Source;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/** What the metadata says of single entries, for people. Confined. */
final class EntryTexts {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final MetadataReader metadata;

    EntryTexts(MetadataReader metadata) {
        this.metadata = metadata;
    }

    private Optional<BatchEntry.Run> run(long leaf) {
        try {
            return metadata.covering(leaf).filter(e -> e.hasMessage(leaf)).map(e -> e.runOf(leaf));
        } catch (IOException e) {
            return Optional.empty(); // LogCheck has told of the damage
        }
    }

    /** When a message was received, or empty where that is not kept. */
    Optional<Long> receivedMicros(long leaf) {
        return run(leaf).map(BatchEntry.Run::receivedMicros);
    }

    /** Its index, time and sender. */
    String of(long leaf) {
        return "entry "
                + leaf
                + run(leaf).map(run -> ", received " + time(run) + from(run.source())).orElse("");
    }

    /** Its time alone. */
    String time(long leaf) {
        return run(leaf).map(EntryTexts::time).orElse("at an unknown time");
    }

    private static String time(BatchEntry.Run run) {
        return TIME.format(Instant.EPOCH.plus(run.receivedMicros(), ChronoUnit.MICROS));
    }

    private static String from(Source source) {
        String peer =
                source.peer().isUnresolved()
                        ? ""
                        : " from " + source.peer().getAddress().getHostAddress();
        return source.transport() == Source.Transport.INTERNAL
                ? " from the relay itself"
                : peer + " over " + source.transport().name().toLowerCase(Locale.ROOT);
    }
}
