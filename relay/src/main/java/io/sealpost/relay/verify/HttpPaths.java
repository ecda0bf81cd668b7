package io.sealpost.relay.verify;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** A log served over HTTP. For one thread at a time. */
public final class HttpPaths implements TiledLog.Paths {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final String prefix;

    /** A log whose paths stand behind this URL. */
    public HttpPaths(String url) {
        this.prefix = url.endsWith("/") ? url : url + '/';
    }

    @Override
    public Optional<InputStream> open(String path) throws IOException {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(prefix + path)).timeout(TIMEOUT).build();
            HttpResponse<InputStream> response =
                    client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() == OK) {
                return Optional.of(response.body());
            }
            response.body().close();
            if (response.statusCode() == NOT_FOUND || response.statusCode() == GONE) {
                return Optional.empty();
            }
            throw new IOException(prefix + path + " answers " + response.statusCode());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
