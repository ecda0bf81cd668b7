package io.sealpost.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secret that opens messages to those who ask the admin server for them: a line in {@code
 * data-dir/admin-token}, mode 0600, made at the first start. Thread-safe; never printed.
 */
final class AdminToken {
    private static final Logger LOG = LoggerFactory.getLogger(AdminToken.class);

    /** Name of the file. */
    static final String FILE = "admin-token";

    private static final int OCTETS = 24;
    private static final int MAX_OCTETS = 1024;
    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final byte[] secret;

    private AdminToken(String secret) {
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The token of a data folder, made if there is none.
     *
     * @throws IOException with a sentence for the operator
     */
    static AdminToken of(Path dataDir, SecureRandom random) throws IOException {
        Path file = dataDir.resolve(FILE);
        if (!Files.exists(file)) {
            byte[] octets = new byte[OCTETS];
            random.nextBytes(octets);
            write(file, Base64.getUrlEncoder().withoutPadding().encodeToString(octets) + "\n");
        }
        return new AdminToken(read(file));
    }

    /** The same; where that fails the log says why, and nobody gets messages. */
    static Optional<AdminToken> orWarning(Path dataDir) {
        try {
            return Optional.of(of(dataDir, new SecureRandom()));
        } catch (IOException e) {
            LOG.warn("admin: no entries of the log are served: {}", Sentences.of(e));
            return Optional.empty();
        }
    }

    /** What such a file has in it. */
    static String read(Path file) throws IOException {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
        if (!OWNER_ONLY.containsAll(mode)) {
            throw new IOException(
                    file
                            + " opens messages to whoever knows it, but its mode is "
                            + PosixFilePermissions.toString(mode)
                            + ": remove it and restart the relay for a new one, or chmod 600 "
                            + file);
        }
        String text = Files.size(file) > MAX_OCTETS ? "" : Files.readString(file).strip();
        if (text.isEmpty()) {
            throw new IOException(file + " should be a line with the token");
        }
        return text;
    }

    private static void write(Path file, String line) throws IOException {
        Path temporary = file.resolveSibling(FILE + ".tmp");
        Files.deleteIfExists(temporary);
        try (FileChannel channel =
                FileChannel.open(
                        temporary,
                        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
        }
        Files.move(temporary, file);
    }

    /** Whether it is this one. */
    boolean is(String shown) {
        return MessageDigest.isEqual(secret, shown.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "***";
    }
}
