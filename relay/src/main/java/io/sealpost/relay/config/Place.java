package io.sealpost.relay.config;

import com.typesafe.config.ConfigOrigin;

/** A line of a conf file. */
record Place(String file, int line) implements Comparable<Place> {
    /** Where the value was written; values that come from elsewhere count to the given place. */
    static Place of(ConfigOrigin origin, Place otherwise) {
        String file = origin.filename();
        return file == null || origin.lineNumber() < 1
                ? otherwise
                : new Place(file, origin.lineNumber());
    }

    @Override
    public int compareTo(Place other) {
        return file.equals(other.file)
                ? Integer.compare(line, other.line)
                : file.compareTo(other.file);
    }
}
