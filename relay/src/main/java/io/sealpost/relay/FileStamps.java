package io.sealpost.relay;

import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.config.UpstreamConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How files that the configuration names looked, to see whether they were replaced. Links are
 * followed, as they are what container platforms replace.
 */
record FileStamps(List<String> stamps) {
    FileStamps {
        stamps = List.copyOf(stamps);
    }

    static FileStamps of(RelayConfig.Listener listener) {
        return of(
                listener.tls().stream()
                        .flatMap(
                                tls ->
                                        files(
                                                Optional.of(tls.certificate()),
                                                Optional.of(tls.key()),
                                                tls.trust(),
                                                tls.crl())));
    }

    static FileStamps of(UpstreamConfig upstream) {
        return of(upstream.tls().map(FileStamps::files).orElse(Stream.empty()));
    }

    /** Of everything that the configuration names. */
    static FileStamps of(RelayConfig config) {
        return new FileStamps(
                Stream.concat(
                                config.listeners().stream().map(FileStamps::of),
                                config.upstreams().stream().map(FileStamps::of))
                        .flatMap(stamps -> stamps.stamps().stream())
                        .toList());
    }

    private static Stream<Path> files(UpstreamConfig.UpstreamTls tls) {
        return files(tls.certificate(), tls.key(), tls.trust(), tls.crl());
    }

    private static Stream<Path> files(
            Optional<Path> certificate,
            Optional<Path> key,
            Optional<Path> trust,
            Optional<Path> crl) {
        return Stream.of(certificate, key, trust, crl).flatMap(Optional::stream);
    }

    private static FileStamps of(Stream<Path> files) {
        return new FileStamps(files.map(FileStamps::stamp).toList());
    }

    private static String stamp(Path file) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return file + " " + now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
        } catch (IOException e) {
            return file + " " + e.getClass().getName();
        }
    }
}
