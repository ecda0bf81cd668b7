package io.sealpost.relay.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks the tree of the conf file against the schema and reports everything that is wrong. */
final class BlockReader {
    static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");
    static final int MAX_NAME = 64;

    private final ValueReader values;
    private final Problems problems;

    BlockReader(ValueReader values, Problems problems) {
        this.values = values;
        this.problems = problems;
    }

    /** Reads a block; what is wrong in it is reported and missing from the result. */
    Block read(ConfigObject object, Shape.Section section, String where, Place place) {
        return read(object, section, where, place, "");
    }

    private Block read(
            ConfigObject object, Shape.Section section, String where, Place place, String outer) {
        Block block = new Block(place);
        String variant = outer.isEmpty() ? variant(object, section) : outer;
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            Shape child = section.children().get(entry.getKey());
            Place at = Place.of(entry.getValue().origin(), place);
            if (child == null) {
                unknown(entry.getKey(), section, where, at, variant);
            } else if (!child.fits(variant)) {
                problems.add(
                        at,
                        dotted(where, entry.getKey())
                                + ": does not fit "
                                + section(section, variant)
                                + ", take it out");
            }
        }
        section.children()
                .forEach(
                        (name, child) -> {
                            if (child.fits(variant)) {
                                child(block, name, child, object.get(name), where, variant);
                            }
                        });
        return block;
    }

    /** The values that say which keys there are; ends where one is missing or wrong. */
    private static String variant(ConfigObject object, Shape.Section section) {
        String variant = "";
        for (String discriminator : section.discriminators()) {
            Shape child = section.children().get(discriminator);
            ConfigValue value = object.get(discriminator);
            if (value == null || value.valueType() != ConfigValueType.STRING) {
                return variant;
            }
            String word = (String) value.unwrapped();
            boolean known =
                    child instanceof Shape.Leaf leaf
                            && leaf.fits(variant)
                            && leaf.keys().getFirst().kind() instanceof Kind.Choice<?> choice
                            && choice.words().contains(word);
            if (!known) {
                return variant;
            }
            variant += (variant.isEmpty() ? "" : "/") + word;
        }
        return variant;
    }

    private void child(
            Block block,
            String name,
            Shape child,
            @Nullable ConfigValue value,
            String where,
            String variant) {
        Place place = value == null ? block.place() : Place.of(value.origin(), block.place());
        String path = dotted(where, name);
        switch (child) {
            case Shape.Leaf leaf -> leaf(block, name, leaf, value, path, variant);
            case Shape.Section section when value == null && section.optional(variant) -> {}
            case Shape.Section section ->
                    block.put(
                            name,
                            read(object(value, path, place), section, path, place, variant),
                            place,
                            value != null);
            case Shape.Named named ->
                    block.put(
                            name,
                            named(object(value, path, place), named, path, place),
                            place,
                            value != null);
            case Shape.Listed listed ->
                    block.put(name, listed(value, listed, path, place), place, value != null);
        }
    }

    private void leaf(
            Block block,
            String name,
            Shape.Leaf leaf,
            @Nullable ConfigValue value,
            String path,
            String variant) {
        Key key = leaf.keys().stream().filter(k -> k.fits(variant)).findFirst().orElseThrow();
        if (value != null) {
            Place place = Place.of(value.origin(), block.place());
            if (key.kind() instanceof Kind.BlockLike like) {
                block.put(name, like(value, like, path, place), place, true);
                return;
            }
            values.read(path, value, key.kind(), place)
                    .ifPresent(read -> block.put(name, read, place, true));
            return;
        }
        switch (key.preset()) {
            case Key.Preset.Required _ -> {
                // With an unknown variant nobody can tell what else is missing.
                if (variant.isEmpty() && !key.variant().isEmpty()) {
                    return;
                }
                problems.add(
                        block.place(),
                        path + " is missing, write " + name + " = " + key.kind().example());
            }
            case Key.Preset.Written(String text) ->
                    values.read(path, preset(text, key.kind()), key.kind(), block.place())
                            .ifPresent(read -> block.put(name, read, block.place(), false));
            case Key.Preset.Described _ -> {}
        }
    }

    private Object like(ConfigValue value, Kind.BlockLike like, String path, Place place) {
        Shape.Section section = Schema.TREE.at(like.path());
        return like.many()
                ? listed(value, new Shape.Listed(like.path(), section), path, place)
                : read(object(value, path, place), section, path, place);
    }

    private static ConfigValue preset(String text, Kind kind) {
        return switch (kind) {
            case Kind.Many _ -> ConfigValueFactory.fromIterable(List.of());
            case Kind.Flag _ -> ConfigValueFactory.fromAnyRef(Boolean.valueOf(text));
            case Kind.Whole _ -> ConfigValueFactory.fromAnyRef(Integer.valueOf(text));
            default -> ConfigValueFactory.fromAnyRef(text);
        };
    }

    private Block named(ConfigObject object, Shape.Named named, String path, Place place) {
        Block block = new Block(place);
        object.forEach(
                (name, value) -> {
                    Place at = Place.of(value.origin(), place);
                    String where = dotted(path, name);
                    if (name.length() > MAX_NAME || !NAME.matcher(name).matches()) {
                        problems.add(
                                at,
                                "\""
                                        + name
                                        + "\" cannot be a name in "
                                        + path
                                        + ", use a-z, 0-9 and \"-\", at most "
                                        + MAX_NAME
                                        + " characters");
                    }
                    if (value instanceof ConfigObject) {
                        Block each = read(object(value, where, at), named.each(), where, at);
                        block.put(name, each, at, true);
                    } else {
                        object(value, where, at);
                    }
                });
        return block;
    }

    private List<Block> listed(
            @Nullable ConfigValue value, Shape.Listed listed, String path, Place place) {
        List<Block> blocks = new ArrayList<>();
        if (value instanceof ConfigList list) {
            for (int i = 0; i < list.size(); i++) {
                Place at = Place.of(list.get(i).origin(), place);
                String where = path + "[" + i + "]";
                blocks.add(read(object(list.get(i), where, at), listed.each(), where, at));
            }
        } else if (value != null) {
            problems.add(place, path + ": a list of blocks is needed, write [ { ... } ]");
        }
        return blocks;
    }

    /** The value as a block; an empty one where it is none, which is reported. */
    private ConfigObject object(@Nullable ConfigValue value, String path, Place place) {
        if (value instanceof ConfigObject object) {
            return object;
        }
        if (value != null) {
            problems.add(place, path + ": a block is needed, write " + path + " { ... }");
        }
        return ConfigValueFactory.fromMap(Map.of());
    }

    private void unknown(
            String key, Shape.Section section, String where, Place place, String variant) {
        List<String> known =
                section.children().entrySet().stream()
                        .filter(entry -> entry.getValue().fits(variant))
                        .map(Map.Entry::getKey)
                        .toList();
        Optional<String> nearest = Nearest.to(key, known);
        problems.add(
                place,
                "unknown key "
                        + dotted(where, key)
                        + nearest.map(near -> ", did you mean " + near + "?")
                                .orElse(
                                        ", not known to this version; known here: "
                                                + String.join(", ", known)));
    }

    private static String section(Shape.Section section, String variant) {
        List<String> discriminators = section.discriminators();
        if (discriminators.isEmpty()) {
            return variant.replace("/", " over ");
        }
        String[] words = variant.split("/", -1);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words.length; i++) {
            text.append(i == 0 ? "" : ", ").append(discriminators.get(i)).append(" = ");
            text.append(words[i]);
        }
        return text.toString();
    }

    private static String dotted(String where, String key) {
        return where.isEmpty() ? key : where + "." + key;
    }
}
