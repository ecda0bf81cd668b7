package io.sealpost.relay;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Where commands read from and print to. */
record Console(InputStream in, PrintStream out, PrintStream err) {
    /** The standard streams, always in UTF-8. */
    static Console standard() {
        return new Console(System.in, stream(FileDescriptor.out), stream(FileDescriptor.err));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
