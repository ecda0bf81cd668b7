package io.sealpost.relay.admin;

/**
 * Takes the conf file anew into the running relay. May take long; one at a time is the caller's.
 */
public interface ReloadRequest {
    /**
     * What became of it.
     *
     * @param done whether the new configuration is in use; if not, nothing has changed
     * @param text for the operator: what changed, or what is wrong; may have several lines
     */
    record Outcome(boolean done, String text) {}

    /** Reloads. */
    Outcome reload();
}
