package io.sealpost.relay.forward;

import io.sealpost.relay.forward.PathTemplate.DatedName;
import java.time.ZoneId;

/**
 * Names the file of each message: by the time it was received and, where the path has values in it,
 * by its header. The same message always gets the same name. Confined to one thread.
 */
final class FileNames {
    private final PathTemplate path;
    private final ZoneId zone;
    private final boolean hasValues;
    private final boolean byHost;
    private final boolean byApp;
    private final boolean byFacility;
    private final MessageHeader header = new MessageHeader();
    private long micros;
    private String key = "";
    private DatedName last = new DatedName("", 0, 0);

    FileNames(PathTemplate path, ZoneId zone) {
        this.path = path;
        this.zone = zone;
        this.hasValues = path.hasValues();
        this.byHost = path.has("%host%");
        this.byApp = path.has("%app%");
        this.byFacility = path.has("%facility%");
    }

    /** Whether all messages of a run belong into one file. */
    boolean perRun() {
        return !hasValues;
    }

    /** The messages that follow were received at this time. */
    void time(long receivedMicros) {
        micros = receivedMicros;
    }

    /** The file for all messages received at this time; where values do not matter. */
    DatedName ofRun() {
        if (!last.covers(micros)) {
            last = path.at(micros, zone);
        }
        return last;
    }

    /** The file for the message at hand. */
    DatedName of(RunText text) {
        if (!hasValues) {
            return ofRun();
        }
        text.header(header);
        String found =
                (byFacility ? header.facility() : "")
                        + " "
                        + (byHost ? header.host() : "")
                        + " "
                        + (byApp ? header.app() : "");
        if (!found.equals(key) || !last.covers(micros)) {
            key = found;
            last = path.at(micros, zone, header);
        }
        return last;
    }
}
