package io.sealpost.relay.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What all three storages promise, and what only the real one does. */
class StorageTest {
    enum Kind {
        REAL,
        MEMORY,
        FAULTY
    }

    @TempDir Path folder;

    private Storage storage(Kind kind) throws IOException {
        Storage storage =
                switch (kind) {
                    case REAL -> FileStorage.at(folder.resolve("root"));
                    case MEMORY -> new MemoryStorage();
                    case FAULTY -> FaultyStorage.seeded(1);
                };
        storage.createFolder("");
        return storage;
    }

    @ParameterizedTest
    @EnumSource
    void what_is_written_is_read(Kind kind) throws IOException {
        Storage storage = storage(kind);
        storage.createFolder("x/y");
        try (StorageFile file = storage.openForWriting("x/y/a")) {
            file.write(wrap("hello"), 0);
            file.write(wrap("XY"), 3);
            file.write(wrap("far"), 10);
            file.sync();
            storage.syncFolder("x/y");
            assertThat(read(file)).isEqualTo("helXY\0\0\0\0\0far");
            file.truncate(4);
            assertThat(file.size()).isEqualTo(4);
        }
        try (StorageFile file = storage.openForReading("x/y/a")) {
            assertThat(read(file)).isEqualTo("helX");
            assertThat(file.read(ByteBuffer.allocate(1), 4)).isZero();
            assertThat(file.read(ByteBuffer.allocate(1), 400)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void appending_goes_to_the_end_wherever_that_is_by_now(Kind kind) throws IOException {
        Storage storage = storage(kind);
        try (StorageFile file = storage.openForAppending("a");
                StorageFile other = storage.openForWriting("a")) {
            file.write(wrap("one"), 0);
            other.write(wrap("+two"), 3);
            file.write(wrap("+three"), 3);
            assertThat(read(file)).isEqualTo("one+two+three");
            other.truncate(0);
            file.write(wrap("four"), 13);
            assertThat(read(file)).isEqualTo("four");
            file.truncate(2);
            file.sync();
            assertThat(read(other)).isEqualTo("fo");
            assertThat(file.identity()).isEqualTo(other.identity());
        }
    }

    @ParameterizedTest
    @EnumSource
    void folders_are_listed_in_order(Kind kind) throws IOException {
        Storage storage = storage(kind);
        storage.createFolder("d");
        storage.openForWriting("d/b").close();
        storage.openForWriting("d/a").close();
        storage.createFolder("d/c");
        storage.createFolder("d/c");
        assertThat(storage.list("d")).containsExactly("a", "b", "c");
        assertThat(storage.list("")).containsExactly("d");
        assertThat(storage.list("none")).isEmpty();
        assertThat(storage.exists("d/a")).isTrue();
        assertThat(storage.exists("d")).isTrue();
        assertThat(storage.exists("d/x")).isFalse();
        storage.delete("d/a");
        storage.delete("d/a");
        assertThat(storage.list("d")).isEqualTo(List.of("b", "c"));
        assertThatThrownBy(() -> storage.createFolder("d/b"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("should be a folder");
        assertThatThrownBy(() -> storage.openForWriting("none/a")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> storage.openForReading("none")).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @EnumSource
    void identity_follows_the_file_and_not_the_name(Kind kind) throws IOException {
        Storage storage = storage(kind);
        try (StorageFile file = storage.openForAppending("a")) {
            long identity = storage.identity("a");
            assertThat(file.identity()).isEqualTo(identity);
            storage.rename("a", "b");
            assertThat(storage.identity("a")).isEqualTo(-1);
            assertThat(storage.identity("b")).isEqualTo(identity);
            storage.openForAppending("a").close();
            assertThat(storage.identity("a")).isNotEqualTo(identity);
            storage.rename("b", "a");
            assertThat(storage.identity("a")).isEqualTo(file.identity());
        }
    }

    @ParameterizedTest
    @EnumSource
    void second_instance_is_kept_away(Kind kind) throws Exception {
        Storage storage = storage(kind);
        AutoCloseable held = storage.lock("lock");
        assertThatThrownBy(() -> storage.lock("lock"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is in use by another instance (pid ");
        held.close();
        held.close();
        storage.lock("lock").close();
    }

    @Test
    void error_names_the_folder_and_the_process_that_holds_it() throws Exception {
        Storage storage = storage(Kind.REAL);
        try (AutoCloseable _ = storage.lock("lock")) {
            assertThatThrownBy(() -> FileStorage.at(folder.resolve("root")).lock("lock"))
                    .hasMessage(
                            "%s is in use by another instance (pid %d)",
                            folder.resolve("root"), ProcessHandle.current().pid());
        }
    }

    @Test
    void lock_of_another_process_is_seen() throws Exception {
        Storage storage = storage(Kind.REAL);
        Path lock = folder.resolve("root/lock");
        Path program = folder.resolve("Hold.java");
        Files.writeString(
                program,
                """
                void main(String[] path) throws Exception {
                    var channel = new java.io.RandomAccessFile(path[0], "rw").getChannel();
                    channel.lock();
                    channel.write(java.nio.ByteBuffer.wrap("4711\\n".getBytes()));
                    System.out.println("locked");
                    System.in.read();
                }
                """);
        Process other =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                program.toString(),
                                lock.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("locked");
            assertThatThrownBy(() -> storage.lock("lock")).hasMessageContaining("(pid 4711)");
        } finally {
            other.destroyForcibly();
        }
        assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
        storage.lock("lock").close();
        assertThat(Files.readString(lock)).isEqualTo(ProcessHandle.current().pid() + "\n");
    }

    @Test
    void files_and_folders_are_not_open_to_the_world() throws IOException {
        Storage storage = storage(Kind.REAL);
        storage.createFolder("d");
        storage.openForAppending("d/a").close();
        assertThat(mode("d/a")).isEqualTo("rw-r-----");
        assertThat(mode("d")).isEqualTo("rwxr-x---");
    }

    @Test
    void paths_do_not_lead_out_of_the_root() throws IOException {
        Storage storage = storage(Kind.REAL);
        assertThatThrownBy(() -> storage.exists("../other"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private String mode(String path) throws IOException {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("root").resolve(path)));
    }

    private static String read(StorageFile file) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate((int) file.size());
        file.read(octets, 0);
        return UTF_8.decode(octets.flip()).toString();
    }

    private static ByteBuffer wrap(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
