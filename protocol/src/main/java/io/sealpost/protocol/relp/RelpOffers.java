package io.sealpost.protocol.relp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Optional;

/** What one side offers in {@code open}, or in the answer to it. */
sealed interface RelpOffers {
    /** Octets of the longest name of an offer. */
    int MAX_NAME = 32;

    /** Octets of the longest value. */
    int MAX_VALUE = 255;

    /** Values of one offer, and offers. */
    int MAX_VALUES = 64;

    /**
     * Offers as they should be.
     *
     * @param version 0 for 0 or none, 1 for any other
     * @param commands whether there is an offer of commands at all
     * @param syslog whether {@code syslog} is among the commands
     * @param software printable, at most {@link #MAX_VALUE} characters; may be empty
     * @param stream a numbered stream, if one is offered
     */
    record WellFormed(
            int version,
            boolean commands,
            boolean syslog,
            String software,
            Optional<RelpStream> stream)
            implements RelpOffers {}

    /** Offers that break the rules. */
    record Malformed(String reason) implements RelpOffers {}

    /** Our offers, as one side sends them. */
    static String ours(int version, String software) {
        return "relp_version=" + version + "\nrelp_software=" + software + "\ncommands=syslog";
    }

    /** The same with a numbered stream. */
    static String ours(int version, String software, Optional<RelpStream> stream) {
        String offers = ours(version, software);
        return stream.map(one -> offers + "\n" + one.offer()).orElse(offers);
    }

    /**
     * A name for our software that a peer can take.
     *
     * @throws IllegalArgumentException if it is not printable ASCII or too long
     */
    static String checkSoftware(String software) {
        if (software.length() > MAX_VALUE || !printable(software).equals(software)) {
            throw new IllegalArgumentException("no value of an offer: " + software);
        }
        return software;
    }

    /** Reads {@code b[from, end)}: {@code name=value,value} in lines. Empty lines do no harm. */
    static RelpOffers read(byte[] b, int from, int end) {
        String text = new String(b, from, end - from, ISO_8859_1);
        WellFormed found = new WellFormed(0, false, false, "", Optional.empty());
        int offers = 0;
        int lineEnd;
        for (int line = 0; line < text.length(); line = lineEnd + 1) {
            int lf = text.indexOf('\n', line);
            lineEnd = lf < 0 ? text.length() : lf;
            if (lineEnd == line) {
                continue;
            }
            if (++offers > MAX_VALUES) {
                return new Malformed("more than 64 offers");
            }
            int equals = text.indexOf('=', line);
            if (equals < 0 || equals > lineEnd) {
                return new Malformed("an offer without '='");
            }
            String name = text.substring(line, equals);
            String[] values = text.substring(equals + 1, lineEnd).split(",", -1);
            String problem = problemOf(name, values);
            if (!problem.isEmpty()) {
                return new Malformed(problem);
            }
            found = with(found, name, values);
        }
        return found;
    }

    /** Printable ASCII at its place, a question mark for all else. */
    static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            printable.append(c >= ' ' && c <= '~' ? c : '?');
        }
        return printable.toString();
    }

    private static String problemOf(String name, String[] values) {
        if (name.isEmpty() || name.length() > MAX_NAME) {
            return "a name of an offer is not 1 to 32 octets";
        }
        if (values.length > MAX_VALUES) {
            return "an offer of more than 64 values";
        }
        for (String value : values) {
            if (value.length() > MAX_VALUE) {
                return "a value of an offer is over 255 octets";
            }
        }
        if (name.equals("relp_version") && (values.length != 1 || !isNumber(values[0]))) {
            return "relp_version is no number";
        }
        return "";
    }

    private static WellFormed with(WellFormed found, String name, String[] values) {
        return switch (name) {
            case "relp_version" ->
                    new WellFormed(
                            isZero(values[0]) ? 0 : 1,
                            found.commands,
                            found.syslog,
                            found.software,
                            found.stream);
            case "relp_software" ->
                    new WellFormed(
                            found.version,
                            found.commands,
                            found.syslog,
                            bounded(String.join(",", values)),
                            found.stream);
            case "commands" ->
                    new WellFormed(
                            found.version,
                            true,
                            found.syslog || contains(values, "syslog"),
                            found.software,
                            found.stream);
            case RelpStream.OFFER ->
                    new WellFormed(
                            found.version,
                            found.commands,
                            found.syslog,
                            found.software,
                            RelpStream.of(values));
            default -> found;
        };
    }

    private static String bounded(String software) {
        return printable(software.substring(0, Math.min(software.length(), MAX_VALUE)));
    }

    private static boolean contains(String[] values, String wanted) {
        for (String value : values) {
            if (value.equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNumber(String value) {
        return !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean isZero(String number) {
        return number.chars().allMatch(c -> c == '0');
    }
}
