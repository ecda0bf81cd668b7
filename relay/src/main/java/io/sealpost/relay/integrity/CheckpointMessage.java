package io.sealpost.relay.integrity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A checkpoint as a message, for every upstream to keep: RFC 5424 §6 with the structured data
 * element {@code ckpt}, from which the note with its Ed25519 signature can be made again, octet by
 * octet. The element stands in the message's text too, since the usual file formats of rsyslog and
 * syslog-ng leave structured data out.
 */
public final class CheckpointMessage {
    /** MSGID of these messages. */
    public static final String MSGID = "CKPT";

    /** Facility 13 (log audit), severity 6 (informational). */
    private static final int PRIORITY = 110;

    private static final int ED25519_OCTETS = NoteSignature.ID_OCTETS + 64;
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final String VALUE = "=\"((?:[^\"\\\\\\]]|\\\\[\"\\\\\\]])*+)\"";
    private static final String START = "[ckpt@";
    private static final Pattern ELEMENT =
            Pattern.compile(
                    Pattern.quote(START)
                            + "[0-9.]{1,40} o"
                            + VALUE
                            + " n"
                            + VALUE
                            + " r"
                            + VALUE
                            + " s0"
                            + VALUE
                            + "\\]");
    private static final Pattern ESCAPED = Pattern.compile("\\\\([\"\\\\\\]])");

    private CheckpointMessage() {}

    /**
     * Who says it.
     *
     * @param hostname of the relay
     * @param procid of its process
     * @param enterpriseNumber behind {@code ckpt@}
     */
    public record Sender(String hostname, String procid, long enterpriseNumber) {}

    /**
     * The message of a checkpoint.
     *
     * @param note with an Ed25519 signature of the log itself
     * @param micros of its time, microseconds since the epoch
     */
    public static byte[] of(SignedNote note, Sender sender, long micros) {
        Instant time = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        String element = element(note, sender.enterpriseNumber);
        String header =
                "<" + PRIORITY + ">1 " + MICROS.format(time) + ' ' + sender.hostname + " sealpost ";
        return (header + sender.procid + ' ' + MSGID + ' ' + element + " checkpoint " + element)
                .getBytes(UTF_8);
    }

    /**
     * The structured data element of a checkpoint.
     *
     * @throws IllegalArgumentException if the note is none or has no Ed25519 signature of the log
     */
    public static String element(SignedNote note, long enterpriseNumber) {
        try {
            Checkpoint checkpoint = Checkpoint.parse(note.text());
            NoteSignature signature =
                    note.signatures().stream()
                            .filter(s -> s.keyName().equals(checkpoint.origin()))
                            .filter(CheckpointMessage::isEd25519)
                            .findFirst()
                            .orElseThrow(() -> new NoteFormatException("no Ed25519 signature"));
            return START
                    + enterpriseNumber
                    + value("o", checkpoint.origin())
                    + value("n", Long.toString(checkpoint.size()))
                    + value("r", checkpoint.root().base64())
                    + value("s0", signature.line())
                    + ']';
        } catch (NoteFormatException e) {
            throw new IllegalArgumentException("not a checkpoint of ours: " + e.getMessage(), e);
        }
    }

    private static boolean isEd25519(NoteSignature signature) {
        return NoteSignature.ID_OCTETS + signature.signature().length == ED25519_OCTETS;
    }

    private static String value(String name, String value) {
        // RFC 5424 §6.3.3
        String escaped = value.replaceAll("([\"\\\\\\]])", "\\\\$1");
        return ' ' + name + "=\"" + escaped + '"';
    }

    /**
     * The note of the first checkpoint element in a line, whatever stands around it; it counts for
     * nothing before its signature is verified. Found in RFC 5424, and in what rsyslog ({@code
     * RSYSLOG_TraditionalFileFormat}, {@code RSYSLOG_FileFormat}) and syslog-ng (the default of its
     * file destination) make of it; not where quotation marks were escaped, as in JSON.
     */
    public static Optional<SignedNote> find(byte[] line, int offset, int length) {
        if (!contains(line, offset, length)) {
            return Optional.empty();
        }
        Matcher matcher = ELEMENT.matcher(new String(line, offset, length, UTF_8));
        while (matcher.find()) {
            Optional<SignedNote> note = note(matcher);
            if (note.isPresent()) {
                return note;
            }
        }
        return Optional.empty();
    }

    /** Cheap, because every line of a file is looked at. */
    private static boolean contains(byte[] line, int offset, int length) {
        int end = offset + length - START.length();
        for (int i = offset; i <= end; i++) {
            if (line[i] == '[' && line[i + 1] == 'c' && line[i + 2] == 'k' && line[i + 5] == '@') {
                return true;
            }
        }
        return false;
    }

    private static Optional<SignedNote> note(Matcher matcher) {
        try {
            String text = group(matcher, 1) + '\n' + group(matcher, 2) + '\n' + group(matcher, 3);
            NoteSignature signature = NoteSignature.parse(group(matcher, 4));
            Checkpoint checkpoint = Checkpoint.parse(text + '\n');
            return Optional.of(new SignedNote(checkpoint.text(), List.of(signature)));
        } catch (NoteFormatException e) {
            return Optional.empty();
        }
    }

    private static String group(Matcher matcher, int group) {
        return ESCAPED.matcher(matcher.group(group)).replaceAll("$1");
    }
}
