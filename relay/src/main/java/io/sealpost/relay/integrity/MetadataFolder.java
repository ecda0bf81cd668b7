package io.sealpost.relay.integrity;

import io.sealpost.relay.spool.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of the files of metadata. Format: {@code docs/format/integrity-files.md}.
 *
 * @param span octets from which on a file is full
 */
record MetadataFolder(Storage storage, int span, Set<Flaw> flaws) {
    static final String PATH = "integrity/metadata";

    static final int SPAN = 64 << 20;

    static final Pattern NAME = Pattern.compile("0(\\d{19})\\.batches");

    MetadataFolder {
        flaws = Set.copyOf(flaws);
    }

    static MetadataFolder of(Storage storage) {
        return new MetadataFolder(storage, SPAN, Set.of());
    }

    static String path(long firstLeaf) {
        return PATH + '/' + name(firstLeaf);
    }

    static String name(long firstLeaf) {
        return String.format(Locale.ROOT, "%020d.batches", firstLeaf);
    }

    /** First leaves of the files that there are, in order. */
    List<Long> list() throws IOException {
        List<Long> firsts = new ArrayList<>();
        for (String name : storage.list(PATH)) {
            firstLeaf(name).ifPresent(firsts::add);
        }
        return firsts;
    }

    /** The first leaf that a file of this name covers, or empty if none has such a name. */
    static OptionalLong firstLeaf(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches()
                ? OptionalLong.of(Long.parseLong(matcher.group(1)))
                : OptionalLong.empty();
    }

    boolean has(Flaw flaw) {
        return flaws.contains(flaw);
    }

    /** The file as it is now; to be closed. */
    InputStream open(long firstLeaf) throws IOException {
        return StorageFolder.stream(storage.openForReading(path(firstLeaf)));
    }
}
