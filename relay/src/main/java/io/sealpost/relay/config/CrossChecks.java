package io.sealpost.relay.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Rules that need more than one key. Values that are wrong alone are missing here. */
final class CrossChecks {
    /** A socket that will be opened. */
    private record Opened(String key, boolean datagram, Endpoint bind, Place place) {}

    private final Block root;
    private final Problems problems;

    CrossChecks(Block root, Problems problems) {
        this.root = root;
        this.problems = problems;
    }

    void check() {
        listeners();
        upstreams();
        spool();
        binds();
        RouteChecks routes = new RouteChecks(root, problems);
        routes.check();
        new RewriteChecks(root, problems, routes).check();
    }

    private void listeners() {
        if (root.block("listeners").isEmpty()) {
            problems.add(
                    root.place("listeners"),
                    "no listener, write listeners { udp { transport = udp, bind = \"0.0.0.0:5514\""
                            + " } }");
        }
        root.block("listeners").named().forEach(this::listener);
    }

    private void listener(String name, Block block) {
        Block limit = block.block("rate-limit");
        if (limit.isWritten("burst") && !limit.isWritten("per-source")) {
            problems.add(
                    limit.place("burst"),
                    "listeners."
                            + name
                            + ".rate-limit.burst: needs a rate beside it, write per-source ="
                            + " 1000/s");
        }
        if (block.has("ack") && block.has("delivered")) {
            new AckChecks("listeners." + name + ".", block, root.block("upstreams"), problems)
                    .check();
        }
        if (block.has("tls") && block.block("tls").has("permitted-peers")) {
            new TlsChecks("listeners." + name + ".tls.", block.block("tls"), problems).listener();
        }
    }

    private void upstreams() {
        Map<String, Block> upstreams = root.block("upstreams").named();
        if (upstreams.isEmpty()) {
            problems.add(
                    root.place("upstreams"),
                    "no upstream, write upstreams { archive { type = file, path ="
                            + " \"../data/archive/%Y-%m-%d.log\" } }");
        }
        if (upstreams.size() > Schema.MAX_UPSTREAMS) {
            problems.add(
                    root.place("upstreams"),
                    upstreams.size() + " upstreams, at most " + Schema.MAX_UPSTREAMS);
        }
        upstreams.forEach(this::upstream);
        renames(upstreams);
        Map<String, String> paths = new HashMap<>();
        upstreams.forEach(
                (name, block) ->
                        block.find("path", String.class)
                                .ifPresent(
                                        path -> {
                                            String first = paths.putIfAbsent(path, name);
                                            if (first != null) {
                                                problems.add(
                                                        block.place("path"),
                                                        "upstreams."
                                                                + name
                                                                + ".path: upstreams."
                                                                + first
                                                                + " writes to the same file, use"
                                                                + " another one");
                                            }
                                        }));
    }

    private void upstream(String name, Block block) {
        if (block.has("retry")) {
            Block retry = block.block("retry");
            if (retry.has("first")
                    && retry.has("max")
                    && retry.get("first", Duration.class)
                                    .compareTo(retry.get("max", Duration.class))
                            > 0) {
                problems.add(
                        retry.place(retry.isWritten("max") ? "max" : "first"),
                        "upstreams." + name + ".retry: first is longer than max, exchange them");
            }
        }
        if (block.has("servers")) {
            servers("upstreams." + name + ".servers: ", block);
        }
        boolean overTls =
                block.find("transport", Schema.UpstreamTransport.class)
                                .filter(transport -> transport == Schema.UpstreamTransport.TLS)
                                .isPresent()
                        || (block.find("type", Schema.UpstreamType.class)
                                        .filter(type -> type == Schema.UpstreamType.RELP)
                                        .isPresent()
                                && block.isWritten("tls"));
        if (overTls && block.has("tls") && block.block("tls").has("permitted-peers")) {
            new TlsChecks("upstreams." + name + ".tls.", block.block("tls"), problems).upstream();
        }
        if (!block.has("buffer")) {
            return;
        }
        Block buffer = block.block("buffer");
        Block spool = root.block("spool");
        if (buffer.has("max-size")
                && spool.has("max-size")
                && buffer.get("max-size", Long.class) > spool.get("max-size", Long.class)) {
            problems.add(
                    buffer.place("max-size"),
                    "upstreams."
                            + name
                            + ".buffer.max-size: larger than the spool, use at most "
                            + Units.size(spool.get("max-size", Long.class))
                            + " or raise spool.max-size");
        }
    }

    private void servers(String key, Block block) {
        Set<Endpoint> seen = new HashSet<>();
        for (Endpoint server : block.list("servers", Endpoint.class)) {
            if (!seen.add(server)) {
                problems.add(
                        block.place("servers"),
                        key + server + " is named twice, take out one of the two");
            }
        }
    }

    private void renames(Map<String, Block> upstreams) {
        Map<String, String> successors = new HashMap<>();
        upstreams.forEach(
                (name, block) ->
                        block.find("was", String.class)
                                .ifPresent(
                                        was -> {
                                            String key = "upstreams." + name + ".was: ";
                                            String other = successors.putIfAbsent(was, name);
                                            if (upstreams.containsKey(was)) {
                                                problems.add(
                                                        block.place("was"),
                                                        key
                                                                + was
                                                                + " is still an upstream, take out"
                                                                + " one of the two");
                                            } else if (other != null) {
                                                problems.add(
                                                        block.place("was"),
                                                        key
                                                                + "upstreams."
                                                                + other
                                                                + " was "
                                                                + was
                                                                + " already, take out one of the"
                                                                + " two");
                                            }
                                        }));
    }

    private void spool() {
        Block spool = root.block("spool");
        if (spool.has("segment-size")
                && spool.has("max-size")
                && spool.get("segment-size", Long.class) * 4 > spool.get("max-size", Long.class)) {
            problems.add(
                    spool.place("segment-size"),
                    "spool: segment-size is more than a quarter of max-size, write segment-size = "
                            + Units.size(spool.get("max-size", Long.class) / 4)
                            + " or less");
        }
    }

    private void binds() {
        List<Opened> opened = new ArrayList<>();
        Block admin = root.block("admin");
        if (admin.has("bind")) {
            opened.add(
                    new Opened(
                            "admin.bind",
                            false,
                            admin.get("bind", Endpoint.class),
                            admin.place("bind")));
        }
        root.block("listeners")
                .named()
                .forEach(
                        (name, block) -> {
                            if (block.has("bind") && block.has("transport")) {
                                opened.add(
                                        new Opened(
                                                "listeners." + name + ".bind",
                                                block.get(
                                                                "transport",
                                                                Schema.ListenerTransport.class)
                                                        == Schema.ListenerTransport.UDP,
                                                block.get("bind", Endpoint.class),
                                                block.place("bind")));
                            }
                        });
        for (int i = 0; i < opened.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (clash(opened.get(j), opened.get(i))) {
                    problems.add(
                            opened.get(i).place(),
                            opened.get(i).key()
                                    + ": "
                                    + opened.get(i).bind()
                                    + " is taken by "
                                    + opened.get(j).key()
                                    + ", use another port");
                    break;
                }
            }
        }
    }

    private static boolean clash(Opened one, Opened other) {
        return one.datagram() == other.datagram()
                && one.bind().port() == other.bind().port()
                && one.bind().port() != 0
                && one.bind().overlaps(other.bind());
    }
}
