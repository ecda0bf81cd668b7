package io.sealpost.relay;

import io.sealpost.relay.admin.ControlCommand;
import io.sealpost.relay.admin.ControlConnection;
import io.sealpost.relay.admin.ReloadRequest;
import io.sealpost.relay.runtime.JsonText;
import java.io.IOException;

/** Reloads when asked on the control socket, and says what became of it. Thread-safe. */
record ReloadAnswer(ReloadRequest request) implements ControlCommand {
    @Override
    public void answer(ControlConnection connection) throws IOException {
        ReloadRequest.Outcome outcome = request.reload();
        connection.line(
                JsonText.object().put("done", outcome.done()).put("text", outcome.text()).end());
    }
}
