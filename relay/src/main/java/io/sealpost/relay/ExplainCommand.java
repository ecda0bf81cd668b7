package io.sealpost.relay;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import io.sealpost.protocol.message.SyslogMessage;
import io.sealpost.relay.config.ConfigResult;
import io.sealpost.relay.runtime.JsonText;
import io.sealpost.relay.runtime.NanoClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** {@code sealpost explain}. */
final class ExplainCommand {
    private static final ConfigParseOptions JSON =
            ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON);
    private static final String LOCAL_PEER = "127.0.0.1";

    private final Console console;
    private final NanoClock clock = NanoClock.system();

    ExplainCommand(Console console) {
        this.console = console;
    }

    ExitCode run(Path file, boolean jsonLines) {
        Optional<ConfigResult.Loaded> loaded = ConfFile.load(file, console);
        if (loaded.isEmpty()) {
            return ExitCode.BAD_USAGE;
        }
        Explainer explainer = new Explainer(loaded.get().config());
        try {
            return jsonLines ? lines(explainer) : one(explainer);
        } catch (IOException e) {
            console.err().println("sealpost explain: cannot read the input: " + e.getMessage());
            return ExitCode.COULD_NOT;
        }
    }

    private ExitCode one(Explainer explainer) throws IOException {
        byte[] message = console.in().readAllBytes();
        if (message.length == 0) {
            console.err()
                    .println(
                            "sealpost explain: standard input is empty; \"sealpost help explain\""
                                    + " shows how it is used");
            return ExitCode.BAD_USAGE;
        }
        Explainer.From from =
                new Explainer.From(LOCAL_PEER, explainer.zone(LOCAL_PEER), explainer.listener());
        console.out().print(explainer.explain(message, from, clock.epochMicros()).text());
        console.out().flush();
        return ExitCode.GOOD;
    }

    private ExitCode lines(Explainer explainer) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
        ExitCode code = ExitCode.GOOD;
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            try {
                console.out().println(answer(explainer, line));
            } catch (ConfigException | IllegalArgumentException | DateTimeException e) {
                String problem = "line " + number + ": " + e.getMessage();
                console.out().println(JsonText.object().put("error", problem).end());
                code = ExitCode.NOT_SO;
            }
        }
        return code;
    }

    private String answer(Explainer explainer, String line) {
        ConfigObject object = ConfigFactory.parseString(line, JSON).root();
        byte[] in =
                Base64.getDecoder()
                        .decode(
                                text(object, "in")
                                        .orElseThrow(
                                                () ->
                                                        new IllegalArgumentException(
                                                                "\"in\" is missing, it holds the"
                                                                        + " message in base64")));
        String peer = text(object, "peer").orElse(LOCAL_PEER);
        long received =
                text(object, "received").map(ExplainCommand::micros).orElseGet(clock::epochMicros);
        ZoneId zone = text(object, "zone").map(ZoneId::of).orElseGet(() -> explainer.zone(peer));
        String listener = text(object, "listener").orElseGet(explainer::listener);
        return json(explainer.explain(in, new Explainer.From(peer, zone, listener), received));
    }

    private static Optional<String> text(ConfigObject object, String key) {
        ConfigValue value = object.get(key);
        if (value == null || value.unwrapped() == null) {
            return Optional.empty();
        }
        if (value.unwrapped() instanceof String text) {
            return Optional.of(text);
        }
        throw new IllegalArgumentException("\"" + key + "\" is no text");
    }

    private static long micros(String received) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, OffsetDateTime.parse(received).toInstant());
    }

    private static String json(Explanation explanation) {
        SyslogMessage message = explanation.message();
        Base64.Encoder base64 = Base64.getEncoder();
        return JsonText.object()
                .put("facility", message.priority().facility().number())
                .put("severity", message.priority().severity().number())
                .put("timestamp", message.timestamp())
                .put("hostname", message.hostname())
                .put("app_name", message.appName())
                .put("procid", message.procId())
                .put("msgid", message.msgId())
                .put("sd", message.structuredData().text())
                .put("msg", base64.encodeToString(message.text().toArray()))
                .put("out", base64.encodeToString(explanation.sent()))
                .put("unchanged", message.unchanged())
                .put("form", message.form().label())
                .put("reasons", explanation.reasons())
                .putRaw("win", "{}")
                .putRaw("signal", "null")
                .put("routes", explanation.routes())
                .put("upstreams", List.copyOf(explanation.upstreams().keySet()))
                .end();
    }
}
