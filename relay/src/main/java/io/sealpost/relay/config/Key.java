package io.sealpost.relay.config;

/**
 * One key of the conf file.
 *
 * @param path its place below {@code sealpost}: {@code *} stands for a name the operator chooses,
 *     {@code []} for an element of a list
 * @param variant the transport or type it belongs to, or empty for all; a transport within a type
 *     is written {@code type/transport}
 * @param preset what holds when it is not written
 * @param doc what it does, one or two sentences of Markdown
 */
record Key(String path, String variant, Kind kind, Preset preset, String doc) {
    /** What holds for a key that is not written. */
    sealed interface Preset {
        /** The key must be written. */
        record Required() implements Preset {}

        /** As if this was written. */
        record Written(String value) implements Preset {}

        /** Found out otherwise, as described. */
        record Described(String text) implements Preset {}
    }

    /** Unique among all keys: the path, with the variant where there is one. */
    String id() {
        return variant.isEmpty() ? path : path + "@" + variant;
    }

    /** Whether it can be there in a block of this variant, or one that is known in part. */
    boolean fits(String otherVariant) {
        return variant.isEmpty()
                || otherVariant.isEmpty()
                || variant.equals(otherVariant)
                || variant.startsWith(otherVariant + "/")
                || otherVariant.startsWith(variant + "/");
    }
}
