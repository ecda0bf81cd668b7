package io.sealpost.protocol.message;

import java.util.Locale;

/** Names of constants as users write them. */
final class Labels {
    private Labels() {}

    static String of(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
