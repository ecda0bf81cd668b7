package io.sealpost.relay;

import io.sealpost.relay.verify.FilesCheck;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** The options of {@code sealpost verify}. */
final class VerifyOptions {
    static final String KEY = "key";
    static final String LOG = "log";
    static final String TOKEN = "token";
    private static final String UPSTREAM = "upstream";
    private static final String ALLOW_REPEATS = "allow-repeats";
    private static final String PART = "part";

    private VerifyOptions() {}

    static void addTo(Options options) {
        options.addOption(key());
        options.addOption(token());
        options.addOption(Command.value(LOG, "WHERE", "the log that files are compared with"));
        options.addOption(
                Command.value(
                        UPSTREAM,
                        "NAME",
                        "whose files these are, without what went elsewhere only; again if renamed"));
        options.addOption(
                flag(
                        ALLOW_REPEATS,
                        "lines may come again, as the relay sends them after a broken connection"));
        options.addOption(
                flag(PART, "the files are a part: what is before and behind is not missed"));
    }

    static Option token() {
        return Command.value(
                TOKEN, "FILE", "a copy of the relay's data-dir/admin-token, for entries by URL");
    }

    static Option key() {
        return Command.value(
                KEY, "KEY", "verifier key of the log, or a file with such; may be given twice");
    }

    private static Option flag(String name, String description) {
        return Option.builder().longOpt(name).desc(description).get();
    }

    static List<String> keys(CommandLine line) {
        return values(line, KEY);
    }

    private static List<String> values(CommandLine line, String option) {
        String[] values = line.getOptionValues(option);
        return values == null ? List.of() : List.of(values);
    }

    static VerifyCommand.Request request(CommandLine line) {
        return new VerifyCommand.Request(
                keys(line),
                Optional.ofNullable(line.getOptionValue(LOG)),
                LogPlace.token(line),
                new FilesCheck.Order(
                        Set.copyOf(values(line, UPSTREAM)),
                        line.hasOption(ALLOW_REPEATS),
                        line.hasOption(PART)),
                line.getArgList());
    }
}
