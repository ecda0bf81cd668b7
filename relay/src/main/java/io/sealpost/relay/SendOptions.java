package io.sealpost.relay;

import io.sealpost.relay.config.Endpoint;
import io.sealpost.relay.config.Nearest;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** The options of {@code send}: what they are, and what was typed as an order. */
final class SendOptions {
    private static final String TO = "to";
    private static final String TRANSPORT = "transport";
    private static final String COUNT = "count";
    private static final String RATE = "rate";
    private static final String FRAMING = "framing";
    private static final String TLS = "tls";
    private static final String TRUST = "trust";
    private static final String CERT = "cert";
    private static final String KEY = "key";
    private static final String SERVER_NAME = "server-name";

    private static final String COUNTED = "octet-counting";
    private static final String LINES = "lf";
    private static final double MAX_RATE = 10_000_000;

    /** Of a datagram over IPv4, less some room for the header of the message. */
    private static final int MAX_TEXT = 65_000;

    private static final String DEFAULT_TEXT = "a test message of sealpost send";

    private final CommandLine line;

    /** What was typed makes no sense; the message is a sentence for the user. */
    static final class WrongOptionException extends Exception {
        private static final long serialVersionUID = 1;

        WrongOptionException(String sentence) {
            super(sentence);
        }
    }

    private SendOptions(CommandLine line) {
        this.line = line;
    }

    static void addTo(Options options) {
        options.addOption(option(TO, "HOST:PORT", "the receiver"));
        options.addOption(option(TRANSPORT, "T", "udp, tcp, tls or relp (default: tcp)"));
        options.addOption(option(COUNT, "N", "how many messages (default: 1)"));
        options.addOption(option(RATE, "R", "messages a second (default: as fast as it goes)"));
        options.addOption(option(FRAMING, "F", "over tcp and tls: octet-counting (default) or lf"));
        options.addOption(Option.builder().longOpt(TLS).desc("relp: over TLS").get());
        options.addOption(option(TRUST, "FILE", "TLS: authorities (default: those of the JDK)"));
        options.addOption(option(CERT, "FILE", "TLS: certificate to show, with --key"));
        options.addOption(option(KEY, "FILE", "TLS: the certificate's key"));
        options.addOption(option(SERVER_NAME, "NAME", "TLS: name in the receiver's certificate"));
    }

    private static Option option(String name, String argument, String description) {
        return Option.builder().longOpt(name).hasArg().argName(argument).desc(description).get();
    }

    static SendOrder order(CommandLine line) throws WrongOptionException {
        return new SendOptions(line).order();
    }

    private SendOrder order() throws WrongOptionException {
        SendOrder.Transport transport = transport();
        boolean counted = counted(transport);
        boolean tls =
                switch (transport) {
                    case TLS, RELP_TLS -> true;
                    case UDP, TCP, RELP -> false;
                };
        for (String option : List.of(TRUST, CERT, KEY, SERVER_NAME)) {
            if (line.hasOption(option) && !tls) {
                throw new WrongOptionException(
                        "--" + option + " needs --transport tls, or --transport relp with --tls");
            }
        }
        if (line.hasOption(CERT) != line.hasOption(KEY)) {
            throw new WrongOptionException("--cert and --key need one another");
        }
        return new SendOrder(
                to(),
                transport,
                (int) number(COUNT, 1, 1, Integer.MAX_VALUE),
                number(RATE, 0, 1e-3, MAX_RATE),
                counted,
                text(counted),
                file(TRUST),
                file(CERT),
                file(KEY),
                Optional.ofNullable(line.getOptionValue(SERVER_NAME)));
    }

    private Endpoint to() throws WrongOptionException {
        String to = line.getOptionValue(TO);
        if (to == null) {
            throw new WrongOptionException("--to HOST:PORT is missing");
        }
        return Endpoint.of(to)
                .filter(endpoint -> endpoint.port() > 0)
                .orElseThrow(
                        () ->
                                new WrongOptionException(
                                        "--to: \""
                                                + to
                                                + "\" is no host with a port, write"
                                                + " logs.example.com:514 or [::1]:514"));
    }

    private SendOrder.Transport transport() throws WrongOptionException {
        String word = line.getOptionValue(TRANSPORT, "tcp");
        if (line.hasOption(TLS) && !word.equals("relp")) {
            throw new WrongOptionException("--tls is for --transport relp; tcp with it is tls");
        }
        return switch (word) {
            case "udp" -> SendOrder.Transport.UDP;
            case "tcp" -> SendOrder.Transport.TCP;
            case "tls" -> SendOrder.Transport.TLS;
            case "relp" ->
                    line.hasOption(TLS) ? SendOrder.Transport.RELP_TLS : SendOrder.Transport.RELP;
            default -> throw unknown(TRANSPORT, word, List.of("udp", "tcp", "tls", "relp"));
        };
    }

    private boolean counted(SendOrder.Transport transport) throws WrongOptionException {
        String word = line.getOptionValue(FRAMING, COUNTED);
        if (!word.equals(COUNTED) && !word.equals(LINES)) {
            throw unknown(FRAMING, word, List.of(COUNTED, LINES));
        }
        boolean stream =
                switch (transport) {
                    case TCP, TLS -> true;
                    case UDP, RELP, RELP_TLS -> false;
                };
        if (line.hasOption(FRAMING) && !stream) {
            throw new WrongOptionException("--framing is for tcp and tls");
        }
        return word.equals(COUNTED);
    }

    private static WrongOptionException unknown(String option, String word, List<String> known) {
        return new WrongOptionException(
                "--"
                        + option
                        + ": \""
                        + word
                        + "\" is none of "
                        + String.join(", ", known)
                        + Nearest.to(word, known)
                                .map(near -> ", did you mean " + near + "?")
                                .orElse(""));
    }

    private double number(String option, double preset, double min, double max)
            throws WrongOptionException {
        String text = line.getOptionValue(option);
        if (text == null) {
            return preset;
        }
        try {
            double value = option.equals(COUNT) ? Integer.parseInt(text) : Double.parseDouble(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw new WrongOptionException(
                "--"
                        + option
                        + ": \""
                        + text
                        + "\" is no such number, use "
                        + (option.equals(COUNT) ? "1 or more" : "messages a second, such as 100"));
    }

    private String text(boolean counted) throws WrongOptionException {
        String text = line.getArgList().isEmpty() ? DEFAULT_TEXT : line.getArgList().getFirst();
        if (!counted && text.indexOf('\n') >= 0) {
            throw new WrongOptionException(
                    "the message has a line break, which --framing lf cannot carry");
        }
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT) {
            throw new WrongOptionException("the message is longer than " + MAX_TEXT + " octets");
        }
        return text;
    }

    private Optional<Path> file(String option) throws WrongOptionException {
        try {
            return Optional.ofNullable(line.getOptionValue(option)).map(Path::of);
        } catch (InvalidPathException _) {
            throw new WrongOptionException("--" + option + ": no such path is possible");
        }
    }
}
