package io.sealpost.relay.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A block of the conf file after its check: values in their Java types with defaults filled in,
 * each with its place. What the schema promises is there; asking for anything else is a bug.
 */
final class Block {
    private record Entry(Object value, Place place, boolean written) {}

    private final Place place;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    Block(Place place) {
        this.place = place;
    }

    void put(String key, Object value, Place where, boolean written) {
        entries.put(key, new Entry(value, where, written));
    }

    Place place() {
        return place;
    }

    /** Where the key is written, or this block. */
    Place place(String key) {
        Entry entry = entries.get(key);
        return entry == null ? place : entry.place();
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Whether the key stands in the file itself. */
    boolean isWritten(String key) {
        Entry entry = entries.get(key);
        return entry != null && entry.written();
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    <T> T get(String key, Class<T> type) {
        Entry entry = entries.get(key);
        if (entry == null) {
            throw new IllegalStateException("no value for " + key);
        }
        return type.cast(entry.value());
    }

    <T> Optional<T> find(String key, Class<T> type) {
        return Optional.ofNullable(entries.get(key)).map(entry -> type.cast(entry.value()));
    }

    Block block(String key) {
        return get(key, Block.class);
    }

    /** Elements of a list. */
    <T> List<T> list(String key, Class<T> type) {
        List<T> result = new ArrayList<>();
        for (Object element : get(key, List.class)) {
            result.add(type.cast(element));
        }
        return Collections.unmodifiableList(result);
    }

    /** Where everything written in this block stands, by path. */
    void collect(String path, Map<String, Place> places) {
        entries.forEach(
                (key, entry) -> {
                    String name = path.isEmpty() ? key : path + "." + key;
                    if (entry.written()) {
                        places.put(name, entry.place());
                    }
                    if (entry.value() instanceof Block block) {
                        block.collect(name, places);
                    }
                });
    }

    /** The named blocks in this one, in their order in the file. */
    Map<String, Block> named() {
        Map<String, Block> result = new LinkedHashMap<>();
        entries.entrySet().stream()
                .sorted(Map.Entry.comparingByValue((a, b) -> a.place().compareTo(b.place())))
                .forEach(entry -> result.put(entry.getKey(), block(entry.getKey())));
        return result;
    }
}
