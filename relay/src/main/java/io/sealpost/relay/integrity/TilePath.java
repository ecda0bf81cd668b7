package io.sealpost.relay.integrity;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The paths of tiles, in both directions. */
final class TilePath {
    static final String ENTRIES = "entries";

    private static final int GROUP = 1000;

    /** At most 18 digits: no index that a tree can have is longer, and none overflows. */
    private static final Pattern PATH =
            Pattern.compile(
                    "tile/([0-9]{1,2}|entries)/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\\.p/([0-9]{1,3}))?");

    private TilePath() {}

    static void check(long index, int width) {
        if (index < 0 || width < 1 || width > Tiles.WIDTH) {
            throw new IllegalArgumentException("tile " + index + " of width " + width);
        }
    }

    static String of(String level, long index, int width) {
        StringBuilder groups = new StringBuilder(threeDigits(index));
        for (long rest = index / GROUP; rest > 0; rest /= GROUP) {
            groups.insert(0, 'x' + threeDigits(rest) + '/');
        }
        String partial = width < Tiles.WIDTH ? ".p/" + width : "";
        return "tile/" + level + '/' + groups + partial;
    }

    private static String threeDigits(long number) {
        return Long.toString(GROUP + number % GROUP).substring(1);
    }

    static Optional<Tile> parse(String path) {
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String level = matcher.group(1);
        long index = Long.parseLong(matcher.group(2).replace("x", "").replace("/", ""));
        String partial = matcher.group(3);
        int width = partial == null ? Tiles.WIDTH : Integer.parseInt(partial);
        if (width < 1 || width > Tiles.WIDTH) {
            return Optional.empty();
        }
        if (level.equals(ENTRIES)) {
            return canonical(new Tile.Entries(index, width), path);
        }
        int number = Integer.parseInt(level);
        return number > Tile.MAX_LEVEL
                ? Optional.empty()
                : canonical(new Tile.Hashes(number, index, width), path);
    }

    /** Leading zeroes and the like are no second name of a tile. */
    private static Optional<Tile> canonical(Tile tile, String path) {
        return tile.path().equals(path) ? Optional.of(tile) : Optional.empty();
    }
}
