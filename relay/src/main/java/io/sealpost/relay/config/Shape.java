package io.sealpost.relay.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The blocks of the conf file, made from the flat table of keys. */
sealed interface Shape {
    /** A key with a value; several entries where variants differ. */
    record Leaf(List<Key> keys) implements Shape {}

    /**
     * A block of keys.
     *
     * @param path its place, as in {@link Key#path}
     * @param children in the order of the table
     */
    record Section(String path, Map<String, Shape> children) implements Shape {
        /** The block with this path, which must be below this one. */
        Section at(String path) {
            return children.values().stream()
                    .flatMap(Section::sections)
                    .filter(section -> section.path().equals(path))
                    .findFirst()
                    .orElseThrow();
        }

        private static Stream<Section> sections(Shape shape) {
            return switch (shape) {
                case Leaf _ -> Stream.empty();
                case Named named -> sections(named.each());
                case Listed listed -> sections(listed.each());
                case Section section ->
                        Stream.concat(
                                Stream.of(section),
                                section.children().values().stream().flatMap(Section::sections));
            };
        }

        /** Whether it may be left out with all its keys, also those that must be written. */
        boolean optional(String variant) {
            return path.equals("listeners.*.tls") && variant.equals(Schema.RELP);
        }

        /** The keys whose values say which other keys there are, each within the one before. */
        List<String> discriminators() {
            return switch (path) {
                case "listeners.*" -> List.of("transport");
                case "upstreams.*" -> List.of("type", "transport");
                default -> List.of();
            };
        }
    }

    /** A block whose keys are names that the operator chooses. */
    record Named(String path, Section each) implements Shape {}

    /** A list of blocks. */
    record Listed(String path, Section each) implements Shape {}

    /** Whether any key of this shape is there for the variant. */
    default boolean fits(String variant) {
        return switch (this) {
            case Leaf(List<Key> keys) -> keys.stream().anyMatch(key -> key.fits(variant));
            case Section section ->
                    section.children().values().stream().anyMatch(child -> child.fits(variant));
            case Named _, Listed _ -> true;
        };
    }

    /** The tree of all keys. */
    static Section of(List<Key> keys) {
        return section("", keys);
    }

    private static Section section(String path, List<Key> keys) {
        Map<String, Shape> children = new LinkedHashMap<>();
        int skip = path.isEmpty() ? 0 : path.length() + 1;
        for (Key key : keys) {
            String rest = key.path().substring(skip);
            int dot = rest.indexOf('.');
            String name = dot < 0 ? rest : rest.substring(0, dot);
            children.computeIfAbsent(name.replace("[]", ""), _ -> child(path, name, dot < 0, keys));
        }
        return new Section(path, children);
    }

    private static Shape child(String parent, String name, boolean leaf, List<Key> keys) {
        String path = parent.isEmpty() ? name : parent + "." + name;
        if (leaf) {
            return new Leaf(keys.stream().filter(key -> key.path().equals(path)).toList());
        }
        if (name.endsWith("[]")) {
            return new Listed(path, section(path, below(path, keys)));
        }
        List<Key> within = below(path, keys);
        String each = path + ".*";
        if (within.getFirst().path().startsWith(each + ".")) {
            return new Named(path, section(each, within));
        }
        return section(path, within);
    }

    private static List<Key> below(String path, List<Key> keys) {
        return keys.stream().filter(key -> key.path().startsWith(path + ".")).toList();
    }
}
