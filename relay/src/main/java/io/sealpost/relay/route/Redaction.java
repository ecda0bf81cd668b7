package io.sealpost.relay.route;

import java.util.regex.Pattern;

/**
 * What nobody is to see.
 *
 * @param pattern found in MSG and in the values of STRUCTURED-DATA
 * @param with what stands there instead, as it is: at most {@link #MAX_WITH} characters of ASCII
 *     without control characters
 */
public record Redaction(Pattern pattern, String with) {
    /** Longest replacement. */
    public static final int MAX_WITH = 64;
}
