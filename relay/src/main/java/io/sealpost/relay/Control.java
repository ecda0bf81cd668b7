package io.sealpost.relay;

import io.sealpost.relay.admin.ControlCommand;
import io.sealpost.relay.admin.ControlServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control socket of a running relay, or the lack of one: messages matter more. */
final class Control implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Control.class);

    private final ControlSocket socket;
    private final Optional<ControlServer> server;

    private Control(ControlSocket socket, Optional<ControlServer> server) {
        this.socket = socket;
        this.server = server;
    }

    /** Listens in the data folder, whose lock the caller holds. */
    static Control open(Path dataDir, Map<String, ControlCommand> commands) {
        ControlSocket socket = ControlSocket.in(dataDir);
        try {
            return new Control(socket, Optional.of(ControlServer.start(socket.listen(), commands)));
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "no control socket at {}: {}; the relay runs, but status, tail and reload"
                            + " cannot reach it",
                    socket.path(),
                    e.getMessage());
            return new Control(socket, Optional.empty());
        }
    }

    @Override
    public void close() throws IOException {
        if (server.isPresent()) {
            socket.remove();
            server.get().close();
        }
    }
}
