package io.sealpost.relay.route;

import io.sealpost.protocol.message.MessageScan;
import io.sealpost.protocol.message.Reason;
import java.util.List;

/**
 * A rule that changes messages at the door. Immutable.
 *
 * @param match which messages it changes
 * @param facility what each of the 24 becomes, 0 to 23
 * @param severity what each of the 8 becomes, 0 to 7
 * @param hostname what HOSTNAME becomes
 * @param appName what APP-NAME becomes
 * @param redactions applied one after the other
 */
public record Rewrite(
        Match match,
        List<Integer> facility,
        List<Integer> severity,
        NameChange hostname,
        NameChange appName,
        List<Redaction> redactions) {
    /** Takes copies. */
    public Rewrite {
        facility = List.copyOf(facility);
        severity = List.copyOf(severity);
        redactions = List.copyOf(redactions);
        if (facility.size() != 24 || severity.size() != 8) {
            throw new IllegalArgumentException("not a number for each facility and severity");
        }
    }

    /** Changes the fields of the header; redactions are {@link Redactor}'s. */
    @SuppressWarnings("ReferenceEquality") // SAME says that nothing changes
    void changeHeader(MessageScan scan) {
        int priority = facility.get(scan.facility()) << 3 | severity.get(scan.severity());
        if (priority != scan.priority()) {
            scan.priority(priority);
            scan.changed(Reason.REWRITTEN);
        }
        byte[] host =
                hostname.of(scan.hostnameSource(), scan.hostnameOffset(), scan.hostnameLength());
        if (host != NameChange.SAME) {
            scan.hostname(host);
            scan.changed(Reason.REWRITTEN);
        }
        byte[] app = appName.of(scan.appNameSource(), scan.appNameOffset(), scan.appNameLength());
        if (app != NameChange.SAME) {
            scan.appName(app);
            scan.changed(Reason.REWRITTEN);
        }
    }
}
