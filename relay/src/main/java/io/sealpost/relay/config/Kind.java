package io.sealpost.relay.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The type of a key's value, with its limits. */
sealed interface Kind {
    /** What may be written, for the documentation. */
    String describe();

    /** A good value as it is written, for problems. */
    String example();

    /** Printable ASCII without blanks. */
    record Word(int maxLength) implements Kind {
        @Override
        public String example() {
            return "\"relay1\"";
        }

        @Override
        public String describe() {
            return "text without blanks, at most " + maxLength + " characters";
        }
    }

    /** One of a closed set; the texts of the constants are written in lower case with hyphens. */
    record Choice<E extends Enum<E>>(List<E> allowed) implements Kind {
        public Choice {
            allowed = List.copyOf(allowed);
        }

        List<String> words() {
            return allowed.stream().map(Choice::word).toList();
        }

        static String word(Enum<?> constant) {
            return constant.toString().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        @Override
        public String example() {
            List<String> words = words();
            String last = words.getLast();
            return words.size() == 1
                    ? last
                    : String.join(", ", words.subList(0, words.size() - 1)) + " or " + last;
        }

        @Override
        public String describe() {
            return words().stream().map(w -> "`" + w + "`").collect(Collectors.joining(", "));
        }
    }

    /** A number of octets. */
    record Size(long min, long max) implements Kind {
        @Override
        public String example() {
            return "64 MiB";
        }

        @Override
        public String describe() {
            return "size, " + Units.size(min) + " to " + Units.size(max);
        }
    }

    /** A span of time. */
    record Time(Duration min, Duration max) implements Kind {
        @Override
        public String example() {
            return "30 s";
        }

        @Override
        public String describe() {
            return "duration, " + Units.duration(min) + " to " + Units.duration(max);
        }
    }

    /** Messages a second. */
    record Rate(int max) implements Kind {
        @Override
        public String example() {
            return "1000/s";
        }

        @Override
        public String describe() {
            return "messages a second, `1/s` to `" + max + "/s`";
        }
    }

    /** A whole number. */
    record Whole(int min, int max) implements Kind {
        @Override
        public String example() {
            return String.valueOf(max);
        }

        @Override
        public String describe() {
            return "number, " + min + " to " + max;
        }
    }

    /** A time zone of the IANA database or an offset. */
    record Zone() implements Kind {
        @Override
        public String example() {
            return "\"Europe/Berlin\"";
        }

        @Override
        public String describe() {
            return "time zone such as `\"Europe/Berlin\"`, `\"UTC\"` or `\"+02:00\"`";
        }
    }

    /** An address range. */
    record Net() implements Kind {
        @Override
        public String example() {
            return "\"10.0.0.0/8\"";
        }

        @Override
        public String describe() {
            return "network such as `\"10.0.0.0/8\"` or `\"2001:db8::/32\"`";
        }
    }

    /** A host and a port. Port 0 (any free one) only where something is opened. */
    record HostAndPort(int minPort) implements Kind {
        @Override
        public String example() {
            return minPort == 0 ? "\"0.0.0.0:5514\"" : "\"logs.example.com:514\"";
        }

        @Override
        public String describe() {
            return "`\"HOST:PORT\"` or `\"[IPV6]:PORT\"`";
        }
    }

    /** A folder, relative to the conf file's. */
    record Folder() implements Kind {
        @Override
        public String example() {
            return "\"../data\"";
        }

        @Override
        public String describe() {
            return "folder; a relative one starts at the conf file's folder";
        }
    }

    /** A peer by its name or its certificate. */
    record Peer() implements Kind {
        @Override
        public String example() {
            return "\"*.example.com\"";
        }

        @Override
        public String describe() {
            return "name such as `\"*.example.com\"`, or fingerprint such as `\"SHA256:AB:...\"`";
        }
    }

    /** A file that is read, relative to the conf file's folder. */
    record ReadFile() implements Kind {
        @Override
        public String example() {
            return "\"server.pem\"";
        }

        @Override
        public String describe() {
            return "file; a relative one starts at the conf file's folder";
        }
    }

    /** A file that is written, relative to the conf file's folder. */
    record WrittenFile() implements Kind {
        @Override
        public String example() {
            return "\"/mnt/other/remembered\"";
        }

        @Override
        public String describe() {
            return "file; a relative one starts at the conf file's folder";
        }
    }

    /** A file name with places for the day. */
    record DailyFile() implements Kind {
        @Override
        public String example() {
            return "\"../data/archive/%Y-%m-%d.log\"";
        }

        @Override
        public String describe() {
            return "file; `%Y`, `%m` and `%d` stand for the day in UTC, `%host%`, `%app%`"
                    + " and `%facility%` for what the message says, `%%` for a per cent sign;"
                    + " a relative one starts at the conf file's folder";
        }
    }

    /** Yes or no. */
    record Flag() implements Kind {
        @Override
        public String example() {
            return "true or false";
        }

        @Override
        public String describe() {
            return "`true`, `false`";
        }
    }

    /** A name that the operator chooses, also of a listener or upstream. */
    record Name() implements Kind {
        @Override
        public String example() {
            return "NAME";
        }

        @Override
        public String describe() {
            return "name";
        }
    }

    /** A pattern over a header field. */
    record Glob(int maxLength) implements Kind {
        @Override
        public String example() {
            return "\"web*\"";
        }

        @Override
        public String describe() {
            return "text in which `*` stands for any characters and `?` for one; upper and lower"
                    + " case are alike";
        }
    }

    /** A regular expression of java.util.regex. */
    record Regex() implements Kind {
        /** Longer ones are a mistake. */
        static final int MAX_LENGTH = 4096;

        @Override
        public String example() {
            return "\"link (up|down)\"";
        }

        @Override
        public String describe() {
            return "regular expression (Java's; `(?i)` for upper and lower case alike)";
        }
    }

    /** What becomes what. */
    record Mapping(Kind each) implements Kind {
        @Override
        public String example() {
            return each instanceof Choice<?> choice
                    ? "\"" + choice.words().getFirst() + " -> " + choice.words().getLast() + "\""
                    : "\"old -> new\"";
        }

        @Override
        public String describe() {
            return "`" + example() + "`";
        }
    }

    /** A text put in the place of another. */
    record Replacement() implements Kind {
        /** Longest one. */
        static final int MAX_LENGTH = 64;

        @Override
        public String example() {
            return "\"****\"";
        }

        @Override
        public String describe() {
            return "printable ASCII, at most " + MAX_LENGTH + " characters; empty leaves it out";
        }
    }

    /** A severity, or all at least or at most as severe. */
    record SeverityRange() implements Kind {
        @Override
        public String example() {
            return "\">= warning\"";
        }

        @Override
        public String describe() {
            return "severity such as `error`, or `\">= warning\"` (warning and worse), also with"
                    + " `<=`, `>`, `<`, `=`";
        }
    }

    /** One of another kind, or a list of it. */
    record OneOrMany(Kind each, int max) implements Kind {
        @Override
        public String example() {
            return each.example() + " or a list";
        }

        @Override
        public String describe() {
            return each.describe() + "; or a list";
        }
    }

    /** A block, or a list of blocks, with the keys of another one. */
    record BlockLike(String path, boolean many) implements Kind {
        @Override
        public String example() {
            return many ? "[ { ... } ]" : "{ ... }";
        }

        @Override
        public String describe() {
            return (many ? "list of blocks" : "block") + " with the keys of `" + path + "`";
        }
    }

    /** Several of another kind. */
    record Many(Kind each, int min, int max) implements Kind {
        @Override
        public String example() {
            return "[" + each.example() + "]";
        }

        @Override
        public String describe() {
            return max == 1 ? "list of one " + each.describe() : "list, each a " + each.describe();
        }
    }
}
