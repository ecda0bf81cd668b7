package io.sealpost.relay.forward;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.Beside;
import io.sealpost.relay.spool.FaultyStorage;
import io.sealpost.relay.spool.SteppedSpool;
import io.sealpost.relay.spool.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random actions against the list of all messages: whatever happens in between, in the end each
 * message is in the archive exactly once, and what others wrote is all there.
 */
@Beside
class FileDeliveryModelTest {
    private static final int SEEDS = 250;
    private static final int STEPS = 60;
    private static final int START_LENGTH = "<13>1 - h a - - - ".length();
    private static final String JSON_START =
            "{\"facility\":\"user\",\"facility_code\":1,\"severity\":\"notice\",\"severity_code\":5,"
                    + "\"hostname\":\"%c\",\"app_name\":\"%c\",\"message\":\"";

    /** What may happen in a schedule. */
    enum Weather {
        /** The process is killed anywhere; others rename, copy and cut, and append. */
        KILLS_AND_ROTATION,
        /** The power fails anywhere. */
        POWER_CUTS,
        /** The disk fills, writes and syncs fail, and the process is killed. */
        DISK_TROUBLE,
        /** Syncs fail, pages are lost silently, and then the power fails. */
        LOST_PAGES
    }

    @ParameterizedTest
    @EnumSource
    void each_message_is_there_exactly_once(Weather weather) throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            try {
                new Schedule(weather, seed).run();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("weather " + weather + ", seed " + seed, e);
            }
        }
    }

    private static final class Schedule {
        private final Weather weather;
        private final Random random;
        private final FaultyStorage spoolDisk;
        private final FaultyStorage archive;
        private final FakeClock clock = new FakeClock("2026-11-24T12:00:00Z");
        private final FileUpstreamSettings settings;
        private final List<String> messages = new ArrayList<>();
        private final List<String> foreign = new ArrayList<>();
        private final StringBuilder copies = new StringBuilder();
        private SteppedSpool spool;
        private FileDelivery delivery;
        private int copied;

        Schedule(Weather weather, int seed) throws Exception {
            this.weather = weather;
            random = new Random(seed);
            spoolDisk = FaultyStorage.seeded(seed);
            archive = FaultyStorage.seeded(seed + 1L);
            settings =
                    new FileUpstreamSettings(
                            "archive",
                            PathTemplate.parse(
                                    random.nextBoolean()
                                            ? "/a/%Y/%m-%d.log"
                                            : "/a/%host%/%app%-%Y-%m-%d.log"),
                            ZoneOffset.UTC,
                            Duration.ofDays(400),
                            Long.MAX_VALUE,
                            new Layout(
                                    Format.values()[random.nextInt(Format.values().length)],
                                    random.nextBoolean() ? Framing.LF : Framing.OCTET_COUNTING),
                            Duration.ofMillis(1),
                            Duration.ofMillis(1),
                            1 + random.nextInt(5));
            spool = SteppedSpool.open(spoolDisk, "archive", clock);
            delivery = newDelivery();
        }

        private FileDelivery newDelivery() {
            return new FileDelivery(
                    settings, spool.queue(), archive, clock, ForwardObserver.none());
        }

        void run() throws Exception {
            settle();
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> put();
                    case 3, 4 -> deliver();
                    case 5 -> spool.queue().persist();
                    case 6 -> clock.advance(Duration.ofHours(random.nextInt(8)));
                    default -> strike();
                }
            }
            archive.freeSpace();
            restart(weather == Weather.POWER_CUTS || weather == Weather.LOST_PAGES);
            while (deliver() > 0) {}
            restart(false);
            assertThat(deliver()).isZero();
            check();
        }

        private void put() {
            int count = 1 + random.nextInt(12);
            for (int i = 0; i < count; i++) {
                int length = random.nextInt(random.nextInt(10) == 0 ? 900 : 60);
                StringBuilder text = new StringBuilder(start() + "#" + messages.size());
                for (int n = 0; n < length; n++) {
                    text.append(
                            "xyz \n\r\0\t".charAt(random.nextInt(random.nextInt(20) == 0 ? 8 : 4)));
                }
                messages.add(text + "#");
                spool.put(text + "#", original(text + "#"));
            }
            spool.commit();
        }

        /** Delivers a round; whatever goes wrong, the forwarder settles again. */
        private long deliver() throws Exception {
            while (true) {
                try {
                    return delivery.deliver(Duration.ZERO);
                } catch (IOException e) {
                    archive.freeSpace();
                    settle();
                } catch (FaultyStorage.PowerCut e) {
                    restart(weather == Weather.POWER_CUTS || random.nextInt(4) == 0);
                }
            }
        }

        private void settle() throws Exception {
            while (true) {
                try {
                    delivery.settle();
                    return;
                } catch (IOException e) {
                    archive.freeSpace();
                } catch (FaultyStorage.PowerCut e) {
                    restart(weather == Weather.POWER_CUTS);
                    return;
                }
            }
        }

        /** The process dies, with the machine or without it, and comes back. */
        private void restart(boolean power) throws Exception {
            boolean mayLosePower = power && weather != Weather.KILLS_AND_ROTATION;
            if (mayLosePower) {
                archive.crash(random);
                spoolDisk.crash(random);
            } else {
                archive.kill();
                spoolDisk.kill();
            }
            spool = SteppedSpool.open(spoolDisk, "archive", clock);
            delivery = newDelivery();
            if (weather != Weather.LOST_PAGES && random.nextInt(3) == 0) {
                crashSoon(); // again, while it settles
            }
            settle();
        }

        private void strike() throws Exception {
            switch (weather) {
                case KILLS_AND_ROTATION -> {
                    archive.crashAt(Long.MAX_VALUE); // it is our process that dies, not others
                    switch (random.nextInt(5)) {
                        case 0 -> rename();
                        case 1 -> copyAndCut();
                        case 2 -> appendForeign();
                        case 3 -> delivery.reopen();
                        default -> crashSoon();
                    }
                }
                case POWER_CUTS -> crashSoon();
                case DISK_TROUBLE -> {
                    switch (random.nextInt(4)) {
                        case 0 -> archive.limitSpace(random.nextInt(3000));
                        case 1 -> archive.failWrites(1 + random.nextInt(2));
                        case 2 -> archive.failFolderSyncs(1);
                        default -> crashSoon();
                    }
                }
                case LOST_PAGES -> {
                    archive.failSyncs(1 + random.nextInt(2));
                    deliver();
                    archive.failSyncs(0);
                    while (deliver() > 0) {}
                    restart(true);
                }
            }
        }

        private void crashSoon() {
            archive.crashAt(archive.operations() + 1 + random.nextInt(12));
        }

        private List<String> files() {
            List<String> files = new ArrayList<>();
            for (String folder : archive.list("")) {
                for (String name : archive.list(folder)) {
                    files.add(folder + "/" + name);
                }
            }
            return files;
        }

        private String anyFile() {
            List<String> files = files();
            return files.isEmpty() ? "" : files.get(random.nextInt(files.size()));
        }

        private void rename() throws IOException {
            String file = anyFile();
            if (!file.isEmpty()) {
                archive.rename(file, file + "." + copied++);
                if (random.nextBoolean()) {
                    archive.openForWriting(file).close();
                }
            }
        }

        private void copyAndCut() throws IOException {
            String file = anyFile();
            if (!file.isEmpty()) {
                copies.append(new String(archive.content(file), UTF_8)).append('\n');
                try (StorageFile cut = archive.openForWriting(file)) {
                    cut.truncate(0);
                }
            }
        }

        private void appendForeign() throws IOException {
            String file = anyFile();
            if (!file.isEmpty()) {
                String line = "foreign " + foreign.size() + ".";
                foreign.add(line);
                try (StorageFile other = archive.openForAppending(file)) {
                    byte[] octets = (line + (random.nextBoolean() ? "\n" : "")).getBytes(UTF_8);
                    other.write(ByteBuffer.wrap(octets), 0);
                }
            }
        }

        private void check() throws IOException {
            StringBuilder all = new StringBuilder(copies);
            for (String file : files()) {
                String content = new String(archive.content(file), UTF_8);
                all.append(content);
                if (weather != Weather.KILLS_AND_ROTATION) {
                    assertThat(content).as("only ours").isEqualTo(ours(content));
                }
            }
            for (int i = 0; i < messages.size(); i++) {
                String text = text(messages.get(i));
                assertThat(count(all, text)).as("message %s", i).isEqualTo(1);
            }
            for (String line : foreign) {
                assertThat(count(all, line)).as(line).isEqualTo(1);
            }
            assertThat(spool.books().queued()).isZero();
            assertThat(spool.books().delivered()).isEqualTo(messages.size());
            assertThat(spool.books().balance()).isTrue();
        }

        /** The messages that the content holds, in order, as they should be written. */
        private String ours(String content) {
            StringBuilder ours = new StringBuilder();
            for (String message : messages) {
                if (content.contains(text(message))) {
                    ours.append(text(message));
                }
            }
            return ours.toString();
        }

        private String text(String message) {
            Layout layout = settings.layout();
            String msg = message.substring(START_LENGTH);
            String form =
                    switch (layout.format()) {
                        case RFC5424 -> message;
                        case ORIGINAL -> original(message).isEmpty() ? message : original(message);
                        case RFC3164 -> "<13>" + host(message) + " " + app(message) + ": " + msg;
                        case JSON ->
                                JSON_START.formatted(host(message), app(message))
                                        + json(msg)
                                        + "\"}";
                    };
            return layout.framing() == Framing.LF
                    ? form.replace("\n", "\\n").replace("\r", "\\r").replace("\0", "\\0") + "\n"
                    : form.getBytes(UTF_8).length + " " + form;
        }

        private String start() {
            return "<13>1 - "
                    + "hij".charAt(random.nextInt(3))
                    + " "
                    + "abc".charAt(random.nextInt(3))
                    + " - - - ";
        }

        private static char host(String message) {
            return message.charAt(8);
        }

        private static char app(String message) {
            return message.charAt(10);
        }

        /** Every third message is one that was changed. */
        private static String original(String message) {
            String msg = message.substring(START_LENGTH);
            return msg.charAt(1) % 3 == 0 ? "as received: " + msg + "\0#" : "";
        }

        private static String json(String text) {
            return text.replace("\n", "\\n")
                    .replace("\r", "\\r")
                    .replace("\t", "\\t")
                    .replace("\0", "\\u0000");
        }

        private static int count(StringBuilder all, String text) {
            int count = 0;
            for (int at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + 1)) {
                count++;
            }
            return count;
        }
    }
}
