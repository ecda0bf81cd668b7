package io.sealpost.relay.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Walks the text of one HOCON file for what the parser does not tell: keys written twice, which
 * HOCON merges silently, and includes, whose missing files it ignores. Expects a text that the
 * parser takes; on any other it finds something or nothing, but ends.
 */
final class SourceScan {
    /** A key written a second time. */
    record Twice(String key, int firstLine, int line) {}

    /** An include statement with what stands behind the word. */
    record Include(String target, int line) {}

    private final String text;
    private final Map<String, Integer> lines = new HashMap<>();
    private final List<Twice> twice = new ArrayList<>();
    private final List<Include> includes = new ArrayList<>();
    private int at;
    private int line = 1;

    private SourceScan(String text) {
        this.text = text;
    }

    static SourceScan of(String text) {
        SourceScan scan = new SourceScan(text);
        while (scan.at < text.length()) {
            scan.fields("");
            scan.step();
        }
        return scan;
    }

    List<Twice> twice() {
        return List.copyOf(twice);
    }

    List<Include> includes() {
        return List.copyOf(includes);
    }

    /** Fields up to the closing brace, which is left. */
    private void fields(String prefix) {
        if (prefix.isEmpty() && peek() == '{') {
            step();
        }
        while (skipBlanks() && peek() != '}') {
            int start = line;
            String key = key();
            if (key.equals("include")) {
                includes.add(new Include(restOfLine(), start));
                continue;
            }
            boolean appends = text.startsWith("+=", at);
            String path = prefix.isEmpty() ? key : prefix + "." + key;
            if (!appends) {
                Integer first = lines.putIfAbsent(path, start);
                if (first != null
                        && twice.stream().noneMatch(t -> path.startsWith(t.key() + "."))) {
                    twice.add(new Twice(path, first, start));
                }
            }
            if (peek() == '+' || peek() == '=' || peek() == ':') {
                at += appends ? 2 : 1;
                skipBlanks();
            }
            value(path);
        }
    }

    /** Everything up to what separates key and value; after the word include: only that. */
    private String key() {
        StringBuilder key = new StringBuilder();
        while (at < text.length() && "=:{+}".indexOf(peek()) < 0) {
            if (peek() == '"') {
                key.append(string());
            } else if (isComment()) {
                restOfLine();
            } else {
                char c = peek();
                step();
                if (!Character.isWhitespace(c)) {
                    key.append(c);
                } else if (key.toString().equals("include") && "\"rfuc".indexOf(peek()) >= 0) {
                    return "include";
                }
            }
        }
        return key.toString();
    }

    /** A value with all its concatenated parts, up to what ends it, which is left. */
    private void value(String path) {
        while (at < text.length() && "\n,}]".indexOf(peek()) < 0 && !isComment()) {
            if (peek() == '"') {
                string();
            } else if (text.startsWith("${", at)) {
                while (at < text.length() && peek() != '}') {
                    step();
                }
                step();
            } else if (peek() == '{') {
                step();
                fields(path);
                step();
            } else if (peek() == '[') {
                step();
                elements(path);
                step();
            } else {
                step();
            }
        }
    }

    private void elements(String path) {
        for (int i = 0; skipBlanks() && peek() != ']'; i++) {
            int before = at;
            value(path + "[" + i + "]");
            if (at == before) {
                step();
            }
        }
    }

    private String string() {
        String quotes = text.startsWith("\"\"\"", at) ? "\"\"\"" : "\"";
        at += quotes.length();
        int start = at;
        while (at < text.length() && !text.startsWith(quotes, at)) {
            if (quotes.length() == 1 && peek() == '\\') {
                step();
            }
            step();
        }
        String content = text.substring(start, Math.min(at, text.length()));
        at = Math.min(at + quotes.length(), text.length());
        return content;
    }

    /** Skips blanks, line ends, commas and comments; false at the end of the text. */
    private boolean skipBlanks() {
        while (at < text.length()) {
            if (isComment()) {
                restOfLine();
            } else if (peek() == ',' || Character.isWhitespace(peek())) {
                step();
            } else {
                return true;
            }
        }
        return false;
    }

    private boolean isComment() {
        return peek() == '#' || text.startsWith("//", at);
    }

    private String restOfLine() {
        int start = at;
        while (at < text.length() && peek() != '\n') {
            step();
        }
        return text.substring(start, at).strip();
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private void step() {
        if (at < text.length()) {
            line += text.charAt(at) == '\n' ? 1 : 0;
            at++;
        }
    }
}
