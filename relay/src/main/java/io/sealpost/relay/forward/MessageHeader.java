package io.sealpost.relay.forward;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * What a file's name may take from a message in the spool: facility, HOSTNAME and APP-NAME. What is
 * not there is {@code -}, as RFC 5424 writes it. Confined to one thread.
 */
final class MessageHeader {
    private byte[] octets = {};
    private int facility;
    private int hostFrom;
    private int hostTo;
    private int appFrom;
    private int appTo;

    /** Reads the counted frame that stands here. */
    void read(byte[] frames, int from, int end) {
        octets = frames;
        int at = behindBlank(from, end);
        int priority = 0;
        for (at++; at < end && frames[at] >= '0' && frames[at] <= '9'; at++) {
            priority = Math.min(priority * 10 + frames[at] - '0', 191);
        }
        facility = priority >> 3;
        hostFrom = behindBlank(behindBlank(at, end), end);
        hostTo = word(hostFrom, end);
        appFrom = Math.min(hostTo + 1, end);
        appTo = word(appFrom, end);
    }

    private int behindBlank(int from, int end) {
        return Math.min(word(from, end) + 1, end);
    }

    /** End of the word that begins here. */
    private int word(int from, int end) {
        int at = from;
        while (at < end && octets[at] != ' ') {
            at++;
        }
        return at;
    }

    int facility() {
        return facility;
    }

    String host() {
        return text(hostFrom, hostTo);
    }

    String app() {
        return text(appFrom, appTo);
    }

    private String text(int from, int to) {
        return from == to ? "-" : new String(octets, from, to - from, ISO_8859_1);
    }
}
