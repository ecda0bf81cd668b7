package io.sealpost.relay.runtime;

/** Writes JSON objects of strings, numbers and lists, one after the other, into a builder. */
public final class JsonText {
    private final StringBuilder text = new StringBuilder();
    private boolean first = true;

    /** An empty object, to be filled. */
    public static JsonText object() {
        JsonText json = new JsonText();
        json.text.append('{');
        return json;
    }

    private JsonText() {}

    /** Adds a text. */
    public JsonText put(String key, String value) {
        key(key);
        quote(value);
        return this;
    }

    /** Adds a number. */
    public JsonText put(String key, long value) {
        key(key).append(value);
        return this;
    }

    /** Adds a truth value. */
    public JsonText put(String key, boolean value) {
        key(key).append(value);
        return this;
    }

    /** Adds a list of texts. */
    public JsonText put(String key, Iterable<String> values) {
        key(key).append('[');
        String separator = "";
        for (String value : values) {
            text.append(separator);
            quote(value);
            separator = ",";
        }
        text.append(']');
        return this;
    }

    /** Adds what is JSON already. */
    public JsonText putRaw(String key, String json) {
        key(key).append(json);
        return this;
    }

    /** The object, closed. */
    public String end() {
        return text.append('}').toString();
    }

    private StringBuilder key(String key) {
        if (!first) {
            text.append(',');
        }
        first = false;
        quote(key);
        return text.append(':');
    }

    private void quote(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f || (Character.isSurrogate(c) && !paired(value, i))) {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    private static boolean paired(String value, int at) {
        return Character.isHighSurrogate(value.charAt(at))
                ? at + 1 < value.length() && Character.isLowSurrogate(value.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(value.charAt(at - 1));
    }
}
