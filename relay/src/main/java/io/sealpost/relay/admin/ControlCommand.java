package io.sealpost.relay.admin;

import java.io.IOException;

/**
 * What the relay does when its administrator asks for it on the control socket. Called on a thread
 * that serves this one connection and may wait.
 */
public interface ControlCommand {
    /** Answers; returning ends the connection. */
    void answer(ControlConnection connection) throws IOException;
}
