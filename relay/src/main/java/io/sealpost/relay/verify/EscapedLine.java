package io.sealpost.relay.verify;

import io.sealpost.relay.integrity.Entry;
import io.sealpost.relay.integrity.Hash;
import io.sealpost.relay.integrity.MerkleHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Control characters come back that were escaped on the way to a line: by rsyslog's {@code
 * parser.escapeControlCharactersOnReceive} as {@code #011}, by our own lines as {@code \n}, {@code
 * \r} and {@code \0}. Whether they were is not to be seen, so both is tried.
 */
final class EscapedLine {
    private static final int OCTAL = 8;
    private static final int FIRST_PRINTABLE = 0x20;
    private static final int DELETE = 0x7f;

    private EscapedLine() {}

    /** The leaves of the line without each kind of escape that it could have. */
    static List<Hash> leaves(MerkleHash hashing, byte[] octets, int begin, int end) {
        boolean numbers = false;
        boolean letters = false;
        for (int i = begin; i < end; i++) {
            numbers |= octets[i] == '#' && octal(octets, i, end) >= 0;
            letters |= octets[i] == '\\' && letter(octets, i, end) >= 0;
        }
        if (!numbers && !letters) {
            return List.of();
        }
        List<Hash> leaves = new ArrayList<>();
        if (numbers) {
            leaves.add(leaf(hashing, undo(octets, begin, end, true, false)));
        }
        if (letters) {
            leaves.add(leaf(hashing, undo(octets, begin, end, false, true)));
        }
        if (numbers && letters) {
            leaves.add(leaf(hashing, undo(octets, begin, end, true, true)));
        }
        return leaves;
    }

    private static Hash leaf(MerkleHash hashing, byte[] message) {
        return hashing.leaf(Entry.ofMessage(message, 0, message.length));
    }

    private static byte[] undo(byte[] b, int begin, int end, boolean numbers, boolean letters) {
        byte[] out = new byte[end - begin];
        int length = 0;
        int i = begin;
        while (i < end) {
            int number = numbers && b[i] == '#' ? octal(b, i, end) : -1;
            int letter = letters && b[i] == '\\' ? letter(b, i, end) : -1;
            if (number >= 0) {
                out[length++] = (byte) number;
                i += 4;
            } else if (letter >= 0) {
                out[length++] = (byte) letter;
                i += 2;
            } else {
                out[length++] = b[i++];
            }
        }
        return Arrays.copyOf(out, length);
    }

    /** The control character of {@code #ooo}, or -1. */
    private static int octal(byte[] b, int at, int end) {
        if (at + 3 >= end) {
            return -1;
        }
        int value = 0;
        for (int i = at + 1; i <= at + 3; i++) {
            int digit = b[i] - '0';
            if (digit < 0 || digit >= OCTAL) {
                return -1;
            }
            value = value * OCTAL + digit;
        }
        return value < FIRST_PRINTABLE || value == DELETE ? value : -1;
    }

    private static int letter(byte[] b, int at, int end) {
        if (at + 1 >= end) {
            return -1;
        }
        return switch (b[at + 1]) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case '0' -> 0;
            default -> -1;
        };
    }
}
