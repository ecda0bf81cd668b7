package io.sealpost.relay;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.sealpost.relay.runtime.NanoClock;
import io.sealpost.relay.spool.Source;
import io.sealpost.relay.spool.Storage;
import io.sealpost.relay.spool.StorageFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The walls between the rooms. A rule that is in the way is discussed, not worked around. */
@AnalyzeClasses(packages = "io.sealpost", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
    private static final String RELAY = "io.sealpost.relay";
    private static final List<String> ROOMS =
            List.of(
                    "config",
                    "tls",
                    "listen",
                    "route",
                    "pipeline",
                    "spool",
                    "forward",
                    "integrity",
                    "verify",
                    "seal",
                    "watch",
                    "admin",
                    "runtime");

    @ArchTest
    static final ArchRule protocol_knows_the_jdk_alone =
            noClasses()
                    .that()
                    .resideInAPackage("io.sealpost.protocol..")
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage(RELAY + "..", "io.netty..", "org.slf4j..")
                                    .or(resideInAnyPackage("java.nio.channels..", "java.net..")));

    @ArchTest static final ArchRule config_knows_no_other_room = knows("config");

    @ArchTest static final ArchRule runtime_knows_no_other_room = knows("runtime");

    @ArchTest static final ArchRule tls_knows_no_other_room = knows("tls");

    @ArchTest static final ArchRule watch_knows_no_other_room = knows("watch", "runtime");

    @ArchTest static final ArchRule spool_knows_no_other_room = knows("spool", "runtime");

    @ArchTest static final ArchRule route_knows_no_other_room = knows("route");

    @ArchTest static final ArchRule integrity_knows_no_other_room = knows("integrity", "spool");

    @ArchTest
    static final ArchRule verify_knows_the_log_alone =
            knows("verify", "integrity", "spool", "runtime");

    @ArchTest
    static final ArchRule integrity_knows_of_the_spool_storage_and_sources_alone =
            noClasses()
                    .that()
                    .resideInAPackage(RELAY + ".integrity..")
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage(RELAY + ".spool..")
                                    .and(not(equivalentTo(Storage.class)))
                                    .and(not(equivalentTo(Source.class)))
                                    .and(not(equivalentTo(Source[].class)))
                                    .and(not(equivalentTo(Source.Transport.class)))
                                    .and(not(equivalentTo(Source.Transport[].class)))
                                    .and(not(equivalentTo(StorageFile.class)))
                                    .and(not(equivalentTo(StorageFile[].class))));

    @ArchTest
    static final ArchRule seal_knows_what_it_joins =
            knows("seal", "integrity", "spool", "runtime", "watch");

    @ArchTest
    static final ArchRule pipeline_knows_what_it_feeds =
            knows("pipeline", "route", "spool", "runtime", "watch");

    @ArchTest
    static final ArchRule listen_knows_what_it_feeds =
            knows("listen", "tls", "pipeline", "spool", "runtime", "watch");

    @ArchTest
    static final ArchRule forward_knows_what_it_reads =
            knows("forward", "tls", "spool", "runtime", "watch");

    @ArchTest
    static final ArchRule admin_shows_what_is_watched = knows("admin", "runtime", "watch");

    @ArchTest
    static final ArchRule nobody_knows_the_command_line =
            noClasses()
                    .that()
                    .resideInAnyPackage(packages(ROOMS))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(RELAY));

    @ArchTest
    static final ArchRule netty_stays_where_sockets_are =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            RELAY,
                            RELAY + ".tls..",
                            RELAY + ".listen..",
                            RELAY + ".forward..",
                            RELAY + ".admin..")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("io.netty.."));

    @ArchTest
    static final ArchRule options_are_read_by_the_command_line_alone =
            noClasses()
                    .that()
                    .resideOutsideOfPackage(RELAY)
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("org.apache.commons.cli.."));

    @ArchTest
    static final ArchRule logback_is_set_up_in_runtime =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(RELAY, RELAY + ".runtime..")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("ch.qos.logback.."));

    @ArchTest
    static final ArchRule names_say_what_a_class_is =
            noClasses().should().haveNameMatching(".*(Impl|Utils?|Helper|Manager)(\\$.*)?");

    @ArchTest
    static final ArchRule files_are_touched_by_the_storage_and_at_the_edge =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(RELAY, RELAY + ".config..", RELAY + ".tls..")
                    .and()
                    .haveNameNotMatching(".*\\.spool\\.FileStorage(\\$.*)?")
                    .and()
                    .haveNameNotMatching(".*\\.integrity\\.KeyFile")
                    .should()
                    .callMethodWhere(target(owner(equivalentTo(Files.class))))
                    .orShould()
                    .callMethod(FileChannel.class, "open", Path.class, OpenOption[].class);

    @ArchTest
    static final ArchRule time_comes_from_the_clock =
            noClasses()
                    .that()
                    .resideOutsideOfPackage(RELAY + ".runtime..")
                    .should()
                    .callMethod(System.class, "nanoTime")
                    .orShould()
                    .callMethod(System.class, "currentTimeMillis")
                    .orShould()
                    .callMethod(Instant.class, "now")
                    .orShould()
                    .callMethod(Thread.class, "sleep", long.class)
                    .orShould()
                    .callMethod(Thread.class, "sleep", Duration.class)
                    .because(NanoClock.class.getSimpleName() + " is handed in");

    /** The room depends on itself and these; every other room is behind a wall. */
    private static ArchRule knows(String room, String... others) {
        List<String> forbidden = new ArrayList<>(ROOMS);
        forbidden.remove(room);
        forbidden.removeAll(Arrays.asList(others));
        return noClasses()
                .that()
                .resideInAPackage(RELAY + "." + room + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(packages(forbidden)));
    }

    private static String[] packages(List<String> rooms) {
        return rooms.stream().map(room -> RELAY + "." + room + "..").toArray(String[]::new);
    }
}
