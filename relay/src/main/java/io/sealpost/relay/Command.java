package io.sealpost.relay;

import io.sealpost.relay.runtime.NanoClock;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** The commands, with what their help says. */
enum Command {
    /** Runs the relay. */
    RUN(
            "runs the relay in the foreground",
            """
            Opens all listeners of the conf file, prints one line "listening ..." and relays until
            SIGTERM or Ctrl-C. What was accepted by then is on disk and goes on at the next start.
            If anything in the conf file is wrong, nothing is started.""",
            """
            sealpost run
            sealpost run -c /etc/sealpost/sealpost.conf
            logger -n 127.0.0.1 -P 5514 -d "a line over UDP"      # from another terminal""") {
        @Override
        ExitCode execute(CommandLine line, Console console) {
            return new RunCommand(console).run(confFile(line));
        }
    },
    /** Checks a conf file. */
    CHECK(
            "checks a conf file and everything it names",
            """
            Prints each problem as FILE:LINE: what is wrong, what would be right; all in one go.
            Also looks at addresses and folders. Nothing is opened or changed, so it can be used
            beside a running relay. Warnings alone leave the exit code 0.""",
            """
            sealpost check
            sealpost check -c new.conf && echo good""") {
        @Override
        ExitCode execute(CommandLine line, Console console) {
            return new CheckCommand(console).run(confFile(line));
        }
    },
    /** Shows how a message is understood. */
    EXPLAIN(
            "shows how one message is understood and what is sent",
            """
            Reads one message from standard input and prints its form, its fields, the reasons for
            every change, the upstreams it goes to, and the bytes sent.
            With --jsonl: reads JSON lines {"in": base64, "peer", "received", "zone"} (all but "in"
            may be missing) and answers each with one JSON line. A line that cannot be read is
            answered with {"error": ...}, and the exit code is 1 then.""",
            """
            printf '<34>Oct 11 22:14:15 web su: failed' | sealpost explain
            sealpost explain --jsonl < messages.jsonl""") {
        @Override
        ExitCode execute(CommandLine line, Console console) {
            return new ExplainCommand(console).run(confFile(line), line.hasOption(JSONL));
        }
    },
    /** Tells how the running relay is. */
    STATUS(
            "tells how the running relay is",
            """
            Asks the relay that runs with this conf file, by the socket control.sock in its
            data-dir: listeners, spool, upstreams with what waits for them, and the last warnings.
            Exit code 0: running well; 1: running, but something is wrong, for example an upstream
            is down; 3: no relay runs there.""",
            """
            sealpost status
            sealpost status --json | jq .upstreams
            sealpost status > status.txt || mail -s "sealpost" admin < status.txt""") {
        @Override
        ExitCode execute(CommandLine line, Console console) {
            return new StatusCommand(console).run(confFile(line), line.hasOption(JSON));
        }
    },
    /** Shows messages as they come. */
    TAIL(
            "shows messages of the running relay as they come",
            """
            One line each, as they leave (RFC 5424), once they are safe on disk; until Ctrl-C.
            Control characters are shown as \\n, \\t or \\x1b. Where messages come faster than they
            can be shown, the relay does not wait: it says how many are not shown.""",
            """
            sealpost tail
            sealpost tail --host 'web*' --grep 'sshd.*(failed|invalid)'""") {
        @Override
        ExitCode execute(CommandLine line, Console console) {
            return new TailCommand(console)
                    .run(confFile(line), line.getOptionValue(HOST), line.getOptionValue(GREP));
        }
    },
    /** Reloads the conf file. */
    RELOAD(
            "takes a changed conf file into the running relay",
            """
            As SIGHUP does, and tells what became of it. Listeners, upstreams and what is routed
            where change while senders stay connected; a file with problems changes nothing, and
            each problem is told. An upstream is renamed with was = oldname, and taken out with
            waiting messages only after on-remove = drain or drop was set. Exit code 0: done;
            2: refused; 3: no relay runs there.""",
            """
            sealpost check && sealpost reload""") {
        @Override
        ExitCode execute(CommandLine line, Console console) {
            return new ReloadCommand(console).run(confFile(line));
        }
    },
    /** Sends test messages. */
    SEND(
            "sends test messages to this or any other receiver",
            """
            Sends RFC 5424 messages (user.notice, app-name sealpost-send) with the text MESSAGE;
            where there are several, each carries its number: [meta sequenceId="1"]. Over TCP and
            TLS it ends its side and waits until the receiver has ended the other, so that all of
            it has been read; UDP does not tell. Exit code 0: sent, and read as far as that is
            known; 1: the receiver did not take all; 3: no connection.""",
            """
            sealpost send --to 127.0.0.1:5514 hello
            sealpost send --to 127.0.0.1:5514 --transport udp --count 1000 --rate 200
            sealpost send --to logs:6514 --transport tls --trust ca.pem --server-name logs.example.com""") {
        @Override
        ExitCode execute(CommandLine line, Console console) {
            try {
                return new SendCommand(console, NanoClock.system()).run(SendOptions.order(line));
            } catch (SendOptions.WrongOptionException e) {
                return Main.badUsage(this, String.valueOf(e.getMessage()), console);
            }
        }
    },
    /** Checks a log and the files of upstreams. */
    VERIFY(
            "shows whether anything was changed, removed or slipped in",
            """
            Checks the log of a relay: its hashes, its signed checkpoints, its metadata. With --log
            and files: compares each line of what an upstream has kept with that log, and names
            every line that was changed, is missing, was inserted, stands elsewhere or comes twice,
            with its index in the log and when it was received. All files of one upstream go in one
            command. FILE has a message a line, or octet-counted; also gzip. A proof made by
            "sealpost prove" is checked without a log.
            DIR_OR_URL is DATA-DIR/integrity, a closed log's DATA-DIR/integrity.N, a folder made by
            "sealpost integrity export", or http://RELAY:9514/integrity. What was not looked at
            stands behind "not checked", as entries by URL without --token.
            Exit code 0: good; 1: tampering shown; 3: cannot tell, for example since a line is
            newer than the newest checkpoint.
            A log by itself is compared with the messages, too, that the spool or an export still
            has; by URL that takes --token.""",
            """
            sealpost verify --key relay1.vkey /var/lib/sealpost/integrity
            sealpost verify --key relay1.vkey --log http://relay1:9514/integrity /var/log/remote/*.log
            sealpost verify --key relay1.vkey message.tlog-proof""") {
        @Override
        ExitCode execute(CommandLine line, Console console) {
            return new VerifyCommand(console).run(VerifyOptions.request(line));
        }
    },
    /** Makes keys. */
    KEYGEN(
            "makes the keys of an integrity log",
            """
            Writes an Ed25519 and an ML-DSA-44 private key to FILE, with mode 0600 and never over
            another file, and prints the verifier keys, a line each. The relay makes keys by itself
            at its first start; this is for those who want to choose the origin of the log, by
            which verifiers know it: put FILE at DATA-DIR/integrity/key before that. Exit code 0:
            made; 3: the file is there already or cannot be written.""",
            """
            sealpost keygen --origin logs.example.com/relay1 -o relay1.key""") {
        @Override
        ExitCode execute(CommandLine line, Console console) {
            return new KeygenCommand(console).run(this, line);
        }
    },
    /** Makes the proof of one message. */
    PROVE(
            "makes a proof that a message is in the log, to be checked anywhere",
            """
            Writes a C2SP tlog-proof of one entry: the message, the hashes that lead from it to a
            signed checkpoint, and that checkpoint. "sealpost verify" checks it without the log. The
            message is looked for in FILEs of an upstream, or, without any, in the entries that the
            log itself still has: those whose messages the spool, or an export, has. DIR_OR_URL as
            for verify; without --log it is the conf file's data-dir.""",
            """
            sealpost prove --match 'Accepted publickey for root' -o login.tlog-proof remote.log
            sealpost prove --log http://relay1:9514/integrity --token relay1.token --index 1234
            sealpost verify --key relay1.vkey login.tlog-proof""") {
        @Override
        ExitCode execute(CommandLine line, Console console) {
            return new ProveCommand(console).run(ProveCommand.Request.of(line, console));
        }
    },
    /** Exports the log. */
    INTEGRITY(
            "integrity export DIR: writes the log out for a server of files",
            """
            Writes checkpoint, tiles, stored checkpoints, metadata, and bundles of those entries
            whose messages the spool still has to DIR, in the layout of C2SP tlog-tiles as the
            relay's admin listener serves it; again, it adds what is new. Bundles are the messages:
            mind who can read DIR. Without --log it is the log in the conf file's data-dir; a relay
            may be running on it.""",
            """
            sealpost integrity export /srv/www/relay1
            sealpost verify --key relay1.vkey /srv/www/relay1""") {
        @Override
        ExitCode execute(CommandLine line, Console console) {
            return new ExportCommand(console)
                    .run(
                            line.getArgList(),
                            LogPlace.named(line, confFile(line), console),
                            LogPlace.token(line));
        }
    },
    /** Prints the version. */
    VERSION("prints version, commit, JDK and transport", "For bug reports.", "sealpost version") {
        @Override
        ExitCode execute(CommandLine line, Console console) {
            console.out().print(Version.ofBuild().describe());
            return ExitCode.GOOD;
        }
    },
    /** Prints help. */
    HELP(
            "shows this overview, or the help of one command",
            "Also as an option: sealpost COMMAND --help.",
            """
            sealpost help
            sealpost help explain""") {
        @Override
        ExitCode execute(CommandLine line, Console console) {
            return Help.print(line.getArgList(), console);
        }
    };

    private static final String CONF = "c";
    private static final String JSONL = "jsonl";
    private static final String JSON = "json";
    private static final String HOST = "host";
    private static final String GREP = "grep";
    static final String HELP_OPTION = "help";

    private final String summary;
    private final String text;
    private final String examples;

    Command(String summary, String text, String examples) {
        this.summary = summary;
        this.text = text;
        this.examples = examples;
    }

    abstract ExitCode execute(CommandLine line, Console console);

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    String summary() {
        return summary;
    }

    String text() {
        return text;
    }

    String examples() {
        return examples;
    }

    /** How it is called. */
    String usage() {
        return switch (this) {
            case RUN, CHECK, RELOAD -> word() + " [-c FILE]";
            case EXPLAIN -> word() + " [-c FILE] [--jsonl]";
            case STATUS -> word() + " [-c FILE] [--json]";
            case TAIL -> word() + " [-c FILE] [--host H] [--grep RE]";
            case SEND -> word() + " --to HOST:PORT [MESSAGE]";
            case VERIFY -> word() + " --key KEY [--log DIR_OR_URL] DIR_OR_URL|PROOF|FILE...";
            case KEYGEN -> word() + " --origin NAME -o FILE";
            case PROVE -> word() + " --index N|--match TEXT [-o FILE] [FILE...]";
            case INTEGRITY -> word() + " export DIR";
            case VERSION -> word();
            case HELP -> word() + " [COMMAND]";
        };
    }

    Options options() {
        Options options = new Options();
        switch (this) {
            case RUN, CHECK, RELOAD -> options.addOption(conf());
            case EXPLAIN -> {
                options.addOption(conf());
                options.addOption(
                        Option.builder()
                                .longOpt(JSONL)
                                .desc("JSON lines in, JSON lines out")
                                .get());
            }
            case STATUS -> {
                options.addOption(conf());
                options.addOption(
                        Option.builder().longOpt(JSON).desc("one line of JSON for programs").get());
            }
            case TAIL -> {
                options.addOption(conf());
                options.addOption(
                        value(HOST, "H", "only messages of this HOSTNAME; * stands for any text"));
                options.addOption(
                        value(GREP, "RE", "only lines in which this Java expression is found"));
            }
            case SEND -> SendOptions.addTo(options);
            case VERIFY -> VerifyOptions.addTo(options);
            case KEYGEN -> KeygenCommand.addTo(options);
            case PROVE -> {
                options.addOption(conf());
                ProveCommand.addTo(options);
            }
            case INTEGRITY -> {
                options.addOption(conf());
                options.addOption(value(VerifyOptions.LOG, "WHERE", "the log, if not data-dir's"));
                options.addOption(VerifyOptions.token());
            }
            case VERSION, HELP -> {}
        }
        options.addOption(Option.builder("h").longOpt(HELP_OPTION).desc("this help").get());
        return options;
    }

    /** How many words may stand behind the options. */
    int maxArguments() {
        return switch (this) {
            case HELP, SEND -> 1;
            case INTEGRITY -> 2;
            case VERIFY, PROVE -> Integer.MAX_VALUE;
            case RUN, CHECK, EXPLAIN, STATUS, TAIL, RELOAD, KEYGEN, VERSION -> 0;
        };
    }

    static Option value(String name, String argument, String description) {
        return Option.builder().longOpt(name).hasArg().argName(argument).desc(description).get();
    }

    private static Option conf() {
        return Option.builder(CONF)
                .longOpt("conf")
                .hasArg()
                .argName("FILE")
                .desc("the conf file (default: " + ConfFile.DEFAULT + ")")
                .get();
    }

    static Path confFile(CommandLine line) {
        return ConfFile.path(line.getOptionValue(CONF));
    }
}
