package io.sealpost.relay.forward;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/** Says in words what the file system did not like. */
final class FileTrouble {
    private FileTrouble() {}

    static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied: " + denied.getFile();
            case NoSuchFileException missing -> "no such file or folder: " + missing.getFile();
            case FileSystemException other when other.getReason() != null ->
                    other.getReason() + ": " + other.getFile();
            default -> Objects.requireNonNullElse(e.getMessage(), e.toString());
        };
    }
}
