package io.sealpost.relay.config;

import java.util.HashMap;
import java.util.Map;

/** Where the keys and blocks of a conf file are written. */
public final class Lines {
    private final Place top;
    private final Map<String, Place> places;

    Lines(Place top, Map<String, Place> places) {
        this.top = top;
        this.places = Map.copyOf(places);
    }

    static Lines of(Block root) {
        Map<String, Place> places = new HashMap<>();
        root.collect("", places);
        return new Lines(root.place(), places);
    }

    /** A problem at the key's line, or at that of the block around it. */
    ConfigProblem problem(String key, String message) {
        String path = key;
        while (!places.containsKey(path) && path.indexOf('.') >= 0) {
            path = path.substring(0, path.lastIndexOf('.'));
        }
        Place place = places.getOrDefault(path, top);
        return new ConfigProblem(place.file(), place.line(), key + ": " + message);
    }

    @Override
    public String toString() {
        return "lines of " + top.file();
    }
}
