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
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final String prefix;
    private final Optional<String> token;

    /**
     * A log whose paths stand behind this URL.
     *
     * @param token to be shown, RFC 6750; empty for none
     */
    public HttpPaths(String url, Optional<String> token) {
        this.prefix = url.endsWith("/") ? url : url + '/';
        this.token = token;
    }

    @Override
    public Optional<InputStream> open(String path) throws IOException {
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(prefix + path)).timeout(TIMEOUT);
            token.ifPresent(shown -> request.header("Authorization", "Bearer " + shown));
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() == OK) {
                return Optional.of(response.body());
            }
            response.body().close();
            if (response.statusCode() == NOT_FOUND || response.statusCode() == GONE) {
                return Optional.empty();
            }
            if (response.statusCode() == UNAUTHORIZED && token.isEmpty()) {
                throw new TokenNeededException(prefix + path);
            }
            if (response.statusCode() == UNAUTHORIZED) {
                throw new IOException(prefix + path + " does not take this token");
            }
            throw new IOException(prefix + path + " answers " + response.statusCode());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
