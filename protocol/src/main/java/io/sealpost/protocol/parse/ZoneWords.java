package io.sealpost.protocol.parse;

/** The zone words that stand behind times, taken literally whatever the season. */
final class ZoneWords {
    private static final int MAX_LENGTH = 4;

    // the letters of each word as one number
    private static final int UTC = 0x555443;
    private static final int GMT = 0x474d54;
    private static final int Z = 0x5a;
    private static final int CET = 0x434554;
    private static final int CEST = 0x43455354;
    private static final int WET = 0x574554;
    private static final int WEST = 0x57455354;
    private static final int EET = 0x454554;
    private static final int EEST = 0x45455354;
    private static final int MSK = 0x4d534b;
    private static final int EST = 0x455354;
    private static final int EDT = 0x454454;
    private static final int CST = 0x435354;
    private static final int CDT = 0x434454;
    private static final int MST = 0x4d5354;
    private static final int MDT = 0x4d4454;
    private static final int PST = 0x505354;
    private static final int PDT = 0x504454;
    private static final int IST = 0x495354;
    private static final int JST = 0x4a5354;
    private static final int BST = 0x425354;
    private static final int AEST = 0x41455354;
    private static final int AEDT = 0x41454454;

    private ZoneWords() {}

    /** Offset of the zone named {@code b[p, end)} in seconds, or {@link TimeFields#UNKNOWN}. */
    static int offset(byte[] b, int p, int end) {
        if (end - p > MAX_LENGTH) {
            return TimeFields.UNKNOWN;
        }
        int key = 0;
        for (int i = p; i < end; i++) {
            key = (key << 8) | (b[i] & 0xff);
        }
        return switch (key) {
            case PST -> -480 * 60;
            case MST, PDT -> -420 * 60;
            case CST, MDT -> -360 * 60;
            case EST, CDT -> -300 * 60;
            case EDT -> -240 * 60;
            case UTC, GMT, Z, WET -> 0;
            case CET, WEST, BST -> 60 * 60;
            case CEST, EET -> 120 * 60;
            case EEST, MSK -> 180 * 60;
            case IST -> 330 * 60;
            case JST -> 540 * 60;
            case AEST -> 600 * 60;
            case AEDT -> 660 * 60;
            default -> TimeFields.UNKNOWN;
        };
    }
}
