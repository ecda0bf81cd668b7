package io.sealpost.relay;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/** A status as a screenful for people. */
final class StatusText {
    private static final int MAX_KEY = 300;
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private final Config status;
    private final StringBuilder text = new StringBuilder();
    private final Formatter out = new Formatter(text, Locale.ROOT);

    private StatusText(Config status) {
        this.status = status;
    }

    /** Several lines without a line break at the end. */
    static String of(Config status) {
        return new StatusText(status).write();
    }

    private String write() {
        out.format(
                "%s: %s, up %s, sealpost %s, pid %d%n",
                status.getString("name"),
                status.getBoolean("well") ? "running well" : "running, NOT WELL",
                duration(status.getLong("uptime_seconds")),
                status.getString("version"),
                status.getLong("pid"));
        out.format("conf file %s%n", status.getString("conf"));
        for (String problem : status.getStringList("problems")) {
            out.format("problem: %s%n", problem);
        }
        listeners();
        spool(status.getConfig("spool"));
        integrity(status.getConfig("integrity"));
        upstreams();
        List<String> log = status.getStringList("log");
        if (!log.isEmpty()) {
            out.format("%n");
            out.format("last warnings of the log:%n");
            log.forEach(warning -> out.format("  %s%n", warning));
        }
        return text.toString().stripTrailing();
    }

    private void listeners() {
        out.format("%n");
        out.format(
                "%-14s %-5s %-24s %11s %15s %11s%n",
                "listener", "over", "address", "connections", "messages", "per second");
        for (Config listener : status.getConfigList("listeners")) {
            String transport = listener.getString("transport");
            out.format(
                    "%-14s %-5s %-24s %11s %,15d %,11.1f%n",
                    listener.getString("name"),
                    transport,
                    listener.getString("address"),
                    transport.equals("udp") ? "-" : "" + listener.getLong("connections"),
                    listener.getLong("messages"),
                    listener.getDouble("per_second"));
        }
    }

    private void spool(Config spool) {
        out.format("%n");
        out.format(
                "spool %s of %s (%d %%), %,d messages written, %,d of them not yet synced%s%n",
                size(spool.getLong("bytes")),
                size(spool.getLong("max_bytes")),
                spool.getLong("fill_percent"),
                spool.getLong("written"),
                spool.getLong("unsynced"),
                spool.getBoolean("writable") ? "" : ", CANNOT BE WRITTEN");
    }

    private void integrity(Config integrity) {
        if (!integrity.getBoolean("enabled")) {
            out.format("integrity off%n");
            return;
        }
        out.format(
                "integrity %,d entries, checkpoint %,d s ago, %,d messages unsealed, %s of %s%s%s%n",
                integrity.getLong("entries"),
                integrity.getLong("checkpoint_age_seconds"),
                integrity.getLong("unsealed"),
                size(integrity.getLong("bytes")),
                size(integrity.getLong("max_bytes")),
                growth(integrity.getLong("bytes_per_day")),
                integrity.getBoolean("working") ? "" : ", CANNOT SEAL");
        for (String key : integrity.getStringList("verifier_keys")) {
            out.format("  verifier key %s%n", shortened(key));
        }
        String unchecked = integrity.getString("rollback_unchecked");
        if (!unchecked.isEmpty()) {
            out.format("  not known whether data-dir was put back from a copy: %s%n", unchecked);
        }
    }

    /** A key of ML-DSA is a page long: it is told by its name and id. */
    private static String shortened(String key) {
        return key.length() <= MAX_KEY
                ? key
                : key.substring(0, key.indexOf('+', key.indexOf('+') + 1) + 1)
                        + "... (whole in status --json)";
    }

    private static String growth(long octetsPerDay) {
        return octetsPerDay == 0 ? "" : ", growing by " + size(octetsPerDay) + " a day";
    }

    private void upstreams() {
        out.format("%n");
        out.format(
                "%-14s %-5s %12s %9s %15s %12s %11s  %s%n",
                "upstream", "state", "queued", "lag", "delivered", "dropped", "unconfirmed", "to");
        for (Config upstream : status.getConfigList("upstreams")) {
            out.format(
                    "%-14s %-5s %,12d %,7.1f s %,15d %,12d %,11d  %s%n",
                    upstream.getString("name"),
                    state(upstream),
                    upstream.getLong("queued"),
                    upstream.getDouble("lag_seconds"),
                    upstream.getLong("delivered"),
                    upstream.getLong("dropped"),
                    upstream.getLong("unconfirmed"),
                    upstream.getString("target"));
        }
    }

    private static String state(Config upstream) {
        if (!upstream.getString("trouble").isEmpty()) {
            return "DOWN";
        }
        return upstream.getBoolean("connected") ? "up" : "-";
    }

    private static String duration(long seconds) {
        Duration up = Duration.ofSeconds(seconds);
        if (up.toDays() > 0) {
            return up.toDays() + " d " + up.toHoursPart() + " h";
        }
        if (up.toHours() > 0) {
            return up.toHours() + " h " + up.toMinutesPart() + " min";
        }
        return up.toMinutes() > 0
                ? up.toMinutes() + " min " + up.toSecondsPart() + " s"
                : seconds + " s";
    }

    static String size(long octets) {
        double value = octets;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
    }
}
