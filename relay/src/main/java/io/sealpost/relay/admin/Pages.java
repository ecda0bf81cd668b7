package io.sealpost.relay.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.sealpost.relay.watch.RelayMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** The pages of the admin server. Thread-safe. */
final class Pages {
    static final String METRICS = "/metrics";
    static final String HEALTHZ = "/healthz";
    static final String READYZ = "/readyz";

    /** Files of the integrity log. */
    static final String INTEGRITY = "/integrity/";

    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final RelayMetrics metrics;
    private final Readiness readiness;
    private final ServedFiles files;

    Pages(AdminContent content) {
        this.metrics = content.metrics();
        this.readiness = content.readiness();
        this.files = content.files();
    }

    /** The file of a path that begins with {@link #INTEGRITY}; may block. */
    ServedFiles.Answer file(String path, Optional<String> token) throws IOException {
        return files.open(path.substring(INTEGRITY.length()), token);
    }

    static boolean exists(String path) {
        return path.equals(METRICS)
                || path.equals(HEALTHZ)
                || path.equals(READYZ)
                || path.startsWith(INTEGRITY);
    }

    /** Makes the page; {@link #METRICS} takes milliseconds, the others nothing. */
    Page render(String path) {
        return switch (path) {
            case METRICS -> metrics();
            case HEALTHZ -> Page.text(HttpResponseStatus.OK, "ok");
            case READYZ -> ready();
            default -> Page.text(HttpResponseStatus.NOT_FOUND, "not found");
        };
    }

    private Page ready() {
        return readiness
                .obstacle()
                .map(reason -> Page.text(HttpResponseStatus.SERVICE_UNAVAILABLE, reason))
                .orElseGet(() -> Page.text(HttpResponseStatus.OK, "ready"));
    }

    private Page metrics() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            metrics.writeText(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return new Page(HttpResponseStatus.OK, METRICS_TYPE, out.toString(UTF_8));
    }
}
