package io.sealpost.relay.integrity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The file with the private keys of a log: an Ed25519 and an ML-DSA-44 key, a line each. Read at
 * start only. Whatever is wrong with it ends in an exception: nothing goes on unsigned.
 */
/*
 * By java.nio.file and not by Storage: a key needs a mode of its own from its first octet on, and a
 * look at the mode that it has; Storage knows no modes. And it may lie on another volume than the log.
 */
public final class KeyFile {
    private static final int MAX_OCTETS = 4096;
    private static final int KEYS = 2;
    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    private static final FileAttribute<Set<PosixFilePermission>> MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private KeyFile() {}

    /**
     * The signer of the keys in the file, for the log that they are named after.
     *
     * @throws KeyFileException with a sentence for the operator where the file is not there, can be
     *     read by others, or has anything else in it than the two keys
     */
    public static LogSigner read(Path file) throws IOException {
        return new LogSigner(parse(file));
    }

    private static List<SigningKey> parse(Path file) throws IOException {
        try {
            requireMode(file);
            return parse(file, content(file));
        } catch (NoSuchFileException e) {
            throw new KeyFileException(
                    file
                            + " with the keys of the log is missing: put it back, the log is not"
                            + " continued without it",
                    e);
        }
    }

    /**
     * Gives the same keys another name, in another file that is not there yet: for a log that goes
     * on under another origin. Who has the old public keys knows the new ones.
     */
    public static LogSigner renew(Path from, Path to, String origin) throws IOException {
        List<SigningKey> keys = new ArrayList<>();
        for (SigningKey key : parse(from)) {
            try {
                keys.add(key.renamed(origin));
            } catch (NoteFormatException e) {
                throw new IOException(origin + " cannot be the name of a key", e);
            }
        }
        return write(to, keys);
    }

    /** Makes new keys in a file that is not there yet, durable when it returns. Mode 0600. */
    public static LogSigner make(Path file, String origin, SecureRandom random) throws IOException {
        List<SigningKey> keys = new ArrayList<>();
        try {
            for (SignatureType type : types()) {
                keys.add(SigningKey.generate(origin, type, random));
            }
        } catch (NoteFormatException e) {
            throw new IOException(origin + " cannot be the name of a key: " + e.getMessage(), e);
        }
        return write(file, keys);
    }

    private static LogSigner write(Path file, List<SigningKey> keys) throws IOException {
        if (Files.exists(file)) {
            throw new IOException(file + " is there already: keys are never overwritten");
        }
        StringBuilder text = new StringBuilder();
        keys.forEach(key -> text.append(key.printSecret()).append('\n'));
        write(file, text.toString().getBytes(StandardCharsets.UTF_8));
        return new LogSigner(keys);
    }

    private static List<SignatureType> types() {
        return List.of(SignatureType.ED25519, SignatureType.ML_DSA_44_COSIGNATURE);
    }

    private static void write(Path file, byte[] octets) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        Set<StandardOpenOption> how =
                EnumSet.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        try (FileChannel channel = FileChannel.open(temporary, how, MODE)) {
            ByteBuffer from = ByteBuffer.wrap(octets);
            while (from.hasRemaining()) {
                channel.write(from);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static void requireMode(Path file) throws IOException {
        PosixFileAttributes found = Files.readAttributes(file, PosixFileAttributes.class);
        if (!found.isRegularFile()) {
            throw new KeyFileException(file + " should be a file with the keys of the log");
        }
        if (!OWNER_ONLY.containsAll(found.permissions())) {
            throw new KeyFileException(
                    file
                            + " has private keys, but its mode is "
                            + PosixFilePermissions.toString(found.permissions())
                            + ": others may have read them. If nobody can have,"
                            + " chmod 600 "
                            + file);
        }
    }

    private static byte[] content(Path file) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(MAX_OCTETS + 1);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            int read = 0;
            while (read >= 0 && octets.hasRemaining()) {
                read = channel.read(octets);
            }
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            throw new KeyFileException(file + " with the keys of the log cannot be read: " + e, e);
        }
        byte[] content = new byte[octets.flip().remaining()];
        octets.get(content);
        return content;
    }

    private static List<SigningKey> parse(Path file, byte[] content) throws IOException {
        List<SigningKey> keys = new ArrayList<>();
        try {
            String text = NoteText.decode(content, MAX_OCTETS);
            if (!text.endsWith("\n")) {
                throw new NoteFormatException("the last line has no end");
            }
            for (String line : text.lines().toList()) {
                keys.add(SigningKey.parse(line));
            }
            if (keys.size() != KEYS) {
                throw new NoteFormatException(keys.size() + " keys, not " + KEYS);
            }
            String origin = keys.getFirst().verifier().name();
            for (int i = 0; i < KEYS; i++) {
                requireKey(keys.get(i).verifier(), origin, types().get(i));
            }
        } catch (NoteFormatException e) {
            throw new KeyFileException(
                    file + " does not have the keys of the log: " + e.getMessage(), e);
        }
        return keys;
    }

    private static void requireKey(VerifierKey key, String origin, SignatureType type)
            throws NoteFormatException {
        if (key.type() != type) {
            throw new NoteFormatException("a key of type " + key.type() + " instead of " + type);
        }
        if (!key.name().equals(origin)) {
            throw new NoteFormatException("a key of " + key.name() + ", not of " + origin);
        }
    }
}
