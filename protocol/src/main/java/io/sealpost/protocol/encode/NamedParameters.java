package io.sealpost.protocol.encode;

import java.util.Arrays;

/**
 * The parameters of STRUCTURED-DATA as a JSON object of objects, in the order of their names. Its
 * tables grow with the largest message and are reused. Not thread-safe.
 */
/*
 * A parameter name may stand more than once in an element (RFC 5424 §6.3.3), and an SD-ID does so
 * in messages that break §6.3.2. A JSON object with the same name twice reads differently in each
 * parser, so equal names are brought together by a stable sort. A table of hashes would keep the
 * order of the message, but whoever sends it could choose names that collide.
 */
final class NamedParameters {
    private static final int ID_AT = 0;
    private static final int ID_LENGTH = 1;
    private static final int NAME_AT = 2;
    private static final int NAME_LENGTH = 3;
    private static final int VALUE_AT = 4;
    private static final int VALUE_LENGTH = 5;
    private static final int STRIDE = 6;
    private static final int FIRST_CAPACITY = 16;

    private byte[] b = new byte[0];
    private int[] entries = new int[FIRST_CAPACITY * STRIDE];
    private int[] order = new int[FIRST_CAPACITY];
    private int[] scratch = new int[FIRST_CAPACITY];
    private int count;

    /** Writes well-formed STRUCTURED-DATA, {@code from[offset, +length)}, not nil. */
    int write(byte[] from, int offset, int length, byte[] to, int at) {
        b = from;
        count = 0;
        int end = offset + length;
        int p = offset;
        while (p < end) {
            p = readElement(p + 1);
        }
        sort();
        return writeObject(to, at);
    }

    /** Reads behind an opening bracket; returns the position behind the closing one. */
    private int readElement(int offset) {
        int idEnd = offset;
        while (b[idEnd] != ' ' && b[idEnd] != ']') {
            idEnd++;
        }
        int p = idEnd;
        if (b[p] == ']') {
            // An empty name, which no parameter has, stands for the element itself.
            add(offset, idEnd, p, p, p, p);
        }
        while (b[p] == ' ') {
            int name = p + 1;
            int nameEnd = name;
            while (b[nameEnd] != '=') {
                nameEnd++;
            }
            int value = nameEnd + 2;
            int valueEnd = value;
            while (b[valueEnd] != '"') {
                valueEnd += b[valueEnd] == '\\' ? 2 : 1;
            }
            add(offset, idEnd, name, nameEnd, value, valueEnd);
            p = valueEnd + 1;
        }
        return p + 1;
    }

    private void add(int id, int idEnd, int name, int nameEnd, int value, int valueEnd) {
        if (count == order.length) {
            entries = Arrays.copyOf(entries, 2 * entries.length);
            order = Arrays.copyOf(order, 2 * order.length);
            scratch = new int[order.length];
        }
        int e = count * STRIDE;
        entries[e + ID_AT] = id;
        entries[e + ID_LENGTH] = idEnd - id;
        entries[e + NAME_AT] = name;
        entries[e + NAME_LENGTH] = nameEnd - name;
        entries[e + VALUE_AT] = value;
        entries[e + VALUE_LENGTH] = valueEnd - value;
        order[count++] = e;
    }

    /** A merge sort from the bottom up: stable, and without allocation. */
    private void sort() {
        for (int width = 1; width < count; width *= 2) {
            for (int from = 0; from < count; from += 2 * width) {
                int middle = Math.min(from + width, count);
                merge(from, middle, Math.min(middle + width, count));
            }
            int[] sorted = scratch;
            scratch = order;
            order = sorted;
        }
    }

    private void merge(int from, int middle, int end) {
        int left = from;
        int right = middle;
        for (int i = from; i < end; i++) {
            boolean takeLeft =
                    right == end || (left < middle && compare(order[left], order[right]) <= 0);
            scratch[i] = takeLeft ? order[left++] : order[right++];
        }
    }

    private int compare(int one, int other) {
        int ids = compare(one, other, ID_AT);
        return ids != 0 ? ids : compare(one, other, NAME_AT);
    }

    /** Compares the text whose offset and length stand here in both entries. */
    private int compare(int one, int other, int at) {
        int first = entries[one + at];
        int second = entries[other + at];
        return Arrays.compareUnsigned(
                b,
                first,
                first + entries[one + at + 1],
                b,
                second,
                second + entries[other + at + 1]);
    }

    private int writeObject(byte[] to, int at) {
        int p = at;
        to[p++] = '{';
        int i = 0;
        while (i < count) {
            if (i > 0) {
                to[p++] = ',';
            }
            int end = groupEnd(i, ID_AT, count);
            p = key(order[i], ID_AT, to, p);
            p = writeElement(i, end, to, p);
            i = end;
        }
        to[p++] = '}';
        return p;
    }

    private int writeElement(int from, int end, byte[] to, int at) {
        int p = at;
        to[p++] = '{';
        boolean first = true;
        int i = from;
        while (i < end) {
            int next = groupEnd(i, NAME_AT, end);
            if (entries[order[i] + NAME_LENGTH] > 0) {
                if (!first) {
                    to[p++] = ',';
                }
                first = false;
                p = key(order[i], NAME_AT, to, p);
                p = writeValues(i, next, to, p);
            }
            i = next;
        }
        to[p++] = '}';
        return p;
    }

    private int writeValues(int from, int end, byte[] to, int at) {
        if (end - from == 1) {
            return writeValue(order[from], to, at);
        }
        int p = at;
        to[p++] = '[';
        for (int i = from; i < end; i++) {
            if (i > from) {
                to[p++] = ',';
            }
            p = writeValue(order[i], to, p);
        }
        to[p++] = ']';
        return p;
    }

    /** Without the backslashes of RFC 5424 §6.3.3; one before any other octet stays. */
    private int writeValue(int entry, byte[] to, int at) {
        int from = entries[entry + VALUE_AT];
        int end = from + entries[entry + VALUE_LENGTH];
        int p = at;
        to[p++] = '"';
        int i = from;
        while (i < end) {
            if (b[i] != '\\') {
                i++;
                continue;
            }
            byte next = b[i + 1];
            if (next == '"' || next == '\\' || next == ']') {
                p = JsonText.write(b, from, i - from, to, p);
                from = i + 1;
            }
            i += 2;
        }
        p = JsonText.write(b, from, end - from, to, p);
        to[p++] = '"';
        return p;
    }

    private int key(int entry, int at, byte[] to, int position) {
        int p = position;
        to[p++] = '"';
        p = JsonText.write(b, entries[entry + at], entries[entry + at + 1], to, p);
        to[p++] = '"';
        to[p++] = ':';
        return p;
    }

    /** Behind the entries from here on that have the same text there. */
    private int groupEnd(int from, int at, int end) {
        int i = from + 1;
        while (i < end && compare(order[from], order[i], at) == 0) {
            i++;
        }
        return i;
    }
}
