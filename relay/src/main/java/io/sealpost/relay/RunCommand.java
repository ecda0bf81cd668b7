package io.sealpost.relay;

import io.netty.channel.epoll.Epoll;
import io.sealpost.relay.config.ConfigProblem;
import io.sealpost.relay.config.ConfigReader;
import io.sealpost.relay.config.ConfigResult;
import io.sealpost.relay.config.Port;
import io.sealpost.relay.config.RelayConfig;
import io.sealpost.relay.integrity.KeyFileException;
import io.sealpost.relay.runtime.NanoClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code sealpost run}. */
final class RunCommand {
    private final Console console;

    RunCommand(Console console) {
        this.console = console;
    }

    ExitCode run(Path file) {
        // Netty's native parts take a third of the start; they load while the conf file is read.
        Thread.ofPlatform().name("netty-load").daemon().start(Epoll::isAvailable);
        return switch (ConfigReader.read(file)) {
            case ConfigResult.Rejected(List<ConfigProblem> problems, List<Port> ports) ->
                    refuse(Preflight.withPorts(problems, ports));
            case ConfigResult.Loaded loaded -> run(loaded);
        };
    }

    private ExitCode refuse(List<ConfigProblem> problems) {
        ConfFile.print(problems, console);
        return ExitCode.BAD_USAGE;
    }

    private ExitCode run(ConfigResult.Loaded loaded) {
        RelayConfig config = loaded.config();
        List<ConfigProblem> problems =
                Preflight.withPorts(new Preflight(config).surroundings(), loaded.ports());
        if (!problems.isEmpty()) {
            return refuse(problems);
        }
        Reloading.configureLog(config);
        Logger log = LoggerFactory.getLogger(RunCommand.class);
        loaded.warnings().forEach(warning -> log.warn("{}", warning));
        try {
            Relay relay = Relay.start(config, NanoClock.system());
            Supervisor supervisor =
                    Supervisor.of(
                            System.getenv(), ProcessHandle.current().pid(), NanoClock.system());
            closeAtSignal(relay, supervisor, log);
            Hangup.handle(() -> reload(relay, supervisor));
            console.out().println("listening " + relay.listening());
            supervisor.ready("listening " + relay.listening(), relay::alive);
            new CountDownLatch(1).await();
            return ExitCode.GOOD;
        } catch (KeyFileException e) {
            String problem = String.valueOf(e.getMessage());
            return refuse(List.of(config.problem("integrity", problem)));
        } catch (IOException e) {
            log.debug("cannot start", e);
            console.err().println("sealpost: cannot start: " + e.getMessage());
            return ExitCode.COULD_NOT;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return ExitCode.COULD_NOT;
        }
    }

    private static void reload(Relay relay, Supervisor supervisor) {
        supervisor.reloading();
        var _ = relay.reloading().reload();
        supervisor.reloaded("listening " + relay.listening());
    }

    /**
     * SIGTERM and SIGINT run this hook. It ends the process itself: the JVM would end with 143
     * where the contract says 0.
     */
    private static void closeAtSignal(Relay relay, Supervisor supervisor, Logger log) {
        Thread hook =
                Thread.ofPlatform()
                        .name("shutdown")
                        .unstarted(
                                () -> {
                                    ExitCode code = ExitCode.GOOD;
                                    supervisor.stopping(relay.closesWithin());
                                    supervisor.close();
                                    try {
                                        relay.close();
                                    } catch (IOException | RuntimeException e) {
                                        log.error("shutdown was not clean", e);
                                        code = ExitCode.COULD_NOT;
                                    }
                                    Runtime.getRuntime().halt(code.number());
                                });
        Runtime.getRuntime().addShutdownHook(hook);
    }
}
