package io.sealpost.protocol.support;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * RFC 8259 to the letter and a little more: strict UTF-8, no name twice, no lone surrogates, whole
 * numbers only. An assertion error says what is wrong.
 */
public final class StrictJson {
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]*");

    private final String text;
    private int at;

    private StrictJson(String text) {
        this.text = text;
    }

    /** The object in these octets: strings, numbers (Long), lists and maps. */
    @SuppressWarnings("unchecked") // an object is a map by construction
    public static Map<String, Object> object(byte[] octets) {
        StrictJson json = new StrictJson(decode(octets));
        json.require(!json.text.isEmpty() && json.text.charAt(0) == '{', "no object");
        Object value = json.value();
        json.require(json.at == json.text.length(), "text behind the object");
        return (Map<String, Object>) value;
    }

    private static String decode(byte[] octets) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
        } catch (CharacterCodingException e) {
            throw new AssertionError("not UTF-8", e);
        }
    }

    private Object value() {
        return switch (peek()) {
            case '{' -> map();
            case '[' -> list();
            case '"' -> string();
            default -> number();
        };
    }

    private Map<String, Object> map() {
        Map<String, Object> map = new LinkedHashMap<>();
        expect('{');
        while (peek() != '}') {
            if (!map.isEmpty()) {
                expect(',');
            }
            String name = string();
            expect(':');
            require(map.put(name, value()) == null, "the name " + name + " twice");
        }
        at++;
        return map;
    }

    private List<Object> list() {
        List<Object> list = new ArrayList<>();
        expect('[');
        while (peek() != ']') {
            if (!list.isEmpty()) {
                expect(',');
            }
            list.add(value());
        }
        at++;
        return list;
    }

    private Long number() {
        Matcher number = NUMBER.matcher(text).region(at, text.length());
        require(number.lookingAt(), "no value");
        at = number.end();
        return Long.valueOf(number.group());
    }

    private String string() {
        expect('"');
        StringBuilder out = new StringBuilder();
        while (peek() != '"') {
            char c = text.charAt(at++);
            require(c >= ' ', "a raw control character");
            out.append(c == '\\' ? escape() : c);
        }
        at++;
        return out.toString();
    }

    private char escape() {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                require(at + 4 <= text.length(), "a cut escape");
                char unit = (char) Integer.parseInt(text, at, at + 4, 16);
                require(!Character.isSurrogate(unit), "a surrogate");
                at += 4;
                yield unit;
            }
            default -> throw new AssertionError("escape " + c + " in " + text);
        };
    }

    private char peek() {
        require(at < text.length(), "cut short");
        return text.charAt(at);
    }

    private void expect(char c) {
        require(peek() == c, "no " + c);
        at++;
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise + " at " + at + " in " + text);
        }
    }
}
