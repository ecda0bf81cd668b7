package io.sealpost.relay;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** What went wrong, for people. */
final class Sentences {
    private Sentences() {}

    static String of(IOException e) {
        return switch (e) {
            case NoSuchFileException missing when missing.getReason() != null ->
                    missing.getFile() + ": " + missing.getReason();
            case NoSuchFileException missing -> missing.getFile() + " is missing";
            case AccessDeniedException denied -> denied.getFile() + " may not be read";
            case ConnectException _ -> "nobody answers there";
            default -> String.valueOf(e.getMessage());
        };
    }
}
