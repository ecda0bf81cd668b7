package io.sealpost.relay;

import io.sealpost.relay.admin.ControlCommand;
import io.sealpost.relay.admin.ControlConnection;
import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.forward.Forwarder;
import io.sealpost.relay.listen.Listener;
import io.sealpost.relay.runtime.JsonText;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.runtime.RecentProblems;
import io.sealpost.relay.seal.SealFigures;
import io.sealpost.relay.spool.Spool;
import io.sealpost.relay.watch.ListenerMetrics;
import io.sealpost.relay.watch.RecentRates;
import io.sealpost.relay.watch.RelayMetrics;
import io.sealpost.relay.watch.UpstreamReading;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** How the running relay is: what {@code status} asks for, as one line of JSON. Thread-safe. */
final class StatusReport implements ControlCommand {
    /** An upstream that has not said why it is not connected may be about to connect. */
    private static final long CONNECTING_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** For each message a second. */
    private static final double OCTETS_PER_DAY =
            SealFigures.OCTETS_PER_MESSAGE * (double) TimeUnit.DAYS.toSeconds(1);

    private final RelayConfig config;
    private final Relay relay;
    private final Spool spool;
    private final RelayMetrics metrics;
    private final RecentRates rates;
    private final UpstreamEvents outages;
    private final NanoClock clock;
    private final long startedNanos;

    StatusReport(
            RelayConfig config,
            Relay relay,
            Spool spool,
            RelayMetrics metrics,
            UpstreamEvents outages,
            NanoClock clock) {
        this.config = config;
        this.relay = relay;
        this.spool = spool;
        this.metrics = metrics;
        this.rates = relay.rates();
        this.outages = outages;
        this.clock = clock;
        this.startedNanos = clock.nanos();
    }

    @Override
    public void answer(ControlConnection connection) throws IOException {
        connection.line(json());
    }

    String json() {
        Version version = Version.ofBuild();
        List<String> problems = new ArrayList<>();
        relay.obstacle().ifPresent(problems::add);
        if (spool.full()) {
            problems.add("the spool is full");
        }
        String listeners = listeners();
        String upstreams = upstreams(problems);
        relay.seals().ifPresent(seals -> problems.addAll(seals.problems()));
        return JsonText.object()
                .put("name", config.name())
                .put("version", version.version())
                .put("commit", version.commit())
                .put("pid", ProcessHandle.current().pid())
                .put("uptime_seconds", TimeUnit.NANOSECONDS.toSeconds(uptimeNanos()))
                .put("conf", config.file().toString())
                .put("well", problems.isEmpty())
                .put("problems", problems)
                .putRaw("listeners", listeners)
                .putRaw("spool", spool())
                .putRaw("integrity", integrity())
                .putRaw("upstreams", upstreams)
                .put("log", RecentProblems.lines())
                .end();
    }

    private long uptimeNanos() {
        return clock.nanos() - startedNanos;
    }

    private String listeners() {
        List<String> all = new ArrayList<>();
        for (Listener listener : relay.listeners()) {
            ListenerMetrics counts = metrics.listener(listener.name());
            all.add(
                    JsonText.object()
                            .put("name", listener.name())
                            .put("transport", listener.transport())
                            .put("address", Relay.text(listener.address()))
                            .put("connections", counts.connections())
                            .put("messages", counts.messages())
                            .putRaw("per_second", decimal(rates.perSecond(listener.name())))
                            .end());
        }
        return "[" + String.join(",", all) + "]";
    }

    private String spool() {
        long synced = spool.synced(); // first: never more synced than written
        long written = spool.written();
        return JsonText.object()
                .put("bytes", spool.bytes())
                .put("max_bytes", config.spool().maxBytes())
                .put("fill_percent", spool.fillPercent())
                .put("written", written)
                .put("synced", synced)
                .put("unsynced", written - synced)
                .put("writable", spool.writable())
                .end();
    }

    private String integrity() {
        Optional<Seals> open = relay.seals();
        if (open.isEmpty()) {
            return JsonText.object().put("enabled", false).end();
        }
        Seals seals = open.get();
        SealFigures figures = seals.figures();
        double perSecond =
                relay.listeners().stream().mapToDouble(l -> rates.perSecond(l.name())).sum();
        long age = TimeUnit.MICROSECONDS.toSeconds(clock.epochMicros()) - figures.seconds();
        return JsonText.object()
                .put("enabled", true)
                .put("working", figures.trouble().isEmpty())
                .put("origin", figures.origin())
                .put("verifier_keys", seals.keys())
                .put("entries", figures.size())
                .put("root", figures.root())
                .put("first_entry", figures.firstLeaf())
                .put("checkpoint_age_seconds", Math.max(0, age))
                .put("unsealed", seals.unsealed())
                .put("bytes", figures.octets())
                .put("max_bytes", config.integrity().maxBytes())
                .put("keep_days", config.integrity().keep().toDays())
                .put("bytes_per_day", (long) (perSecond * OCTETS_PER_DAY))
                .put("rollback_unchecked", seals.unchecked().orElse(""))
                .end();
    }

    private String upstreams(List<String> problems) {
        List<String> all = new ArrayList<>();
        for (UpstreamReading reading : metrics.upstreamReadings()) {
            String name = reading.account().upstream();
            Optional<String> trouble = trouble(reading);
            trouble.ifPresent(text -> problems.add("upstream " + name + ": " + text));
            all.add(
                    JsonText.object()
                            .put("name", name)
                            .put("target", target(name))
                            .put("connected", reading.connected())
                            .put("trouble", trouble.orElse(""))
                            .put("queued", reading.account().queued())
                            .putRaw("lag_seconds", decimal(reading.lagSeconds()))
                            .put("delivered", reading.account().delivered())
                            .put("dropped", reading.account().droppedSum())
                            .put("unconfirmed", reading.unconfirmed())
                            .put("resent", reading.resent())
                            .end());
        }
        return "[" + String.join(",", all) + "]";
    }

    private Optional<String> trouble(UpstreamReading reading) {
        if (reading.connected()) {
            return Optional.empty();
        }
        Optional<String> known = outages.whyDown(reading.account().upstream());
        return known.isEmpty() && uptimeNanos() > CONNECTING_NANOS
                ? Optional.of("not connected")
                : known;
    }

    private String target(String upstream) {
        return relay.forwarders().stream()
                .filter(forwarder -> forwarder.name().equals(upstream))
                .map(Forwarder::target)
                .findFirst()
                .orElse("");
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
