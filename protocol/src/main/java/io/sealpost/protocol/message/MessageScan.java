package io.sealpost.protocol.message;

/**
 * What is known of one message: offsets into its octets, form and reasons. Reused for message after
 * message without allocation; valid until the next parse and as long as the scanned array is not
 * overwritten. The setters are for the parser. Not thread-safe.
 *
 * <p>A field of length 0 is nil. Offsets count from the start of {@link #source()}, except where a
 * field may come from elsewhere: HOSTNAME lies in {@link #hostnameSource()}, since a missing one is
 * the peer's address, APP-NAME in {@link #appNameSource()}, and STRUCTURED-DATA and MSG in {@link
 * #bodySource()}.
 */
public final class MessageScan {
    private static final byte[] NOTHING = new byte[0];

    private byte[] source = NOTHING;
    private int messageOffset;
    private int messageLength;
    private byte[] peer = NOTHING;
    private long receivedMicros;

    private Form form = Form.UNPARSED;
    private int reasons;
    private boolean unchanged;
    private int priority = Priority.DEFAULT;

    private int timestampOffset;
    private int timestampLength;
    private long timestampMicros;
    private int timestampZone;
    private int timestampDigits;

    private byte[] hostnameSource = NOTHING;
    private int hostnameOffset;
    private int hostnameLength;
    private byte[] appNameSource = NOTHING;
    private int appNameOffset;
    private int appNameLength;
    private int procIdOffset;
    private int procIdLength;
    private int msgIdOffset;
    private int msgIdLength;
    private byte[] bodySource = NOTHING;
    private int structuredDataOffset;
    private int structuredDataLength;
    private int textOffset;
    private int textEnd;

    /** A scan of nothing. */
    public MessageScan() {}

    /** How the message was understood. */
    public Form form() {
        return form;
    }

    /** Set of {@link Reason#bit()}. */
    public int reasons() {
        return reasons;
    }

    /** Whether this reason is among {@link #reasons()}. */
    public boolean has(Reason reason) {
        return (reasons & reason.bit()) != 0;
    }

    /**
     * Whether the message leaves byte for byte: {@code source()[messageOffset(), +messageLength())}
     * is what is sent.
     */
    public boolean unchanged() {
        return unchanged;
    }

    /** PRI value, 0 to 191. */
    public int priority() {
        return priority;
    }

    /** Facility number, 0 to 23. */
    public int facility() {
        return priority >> 3;
    }

    /** Severity number, 0 to 7. */
    public int severity() {
        return priority & 7;
    }

    /** The array that holds the message. */
    public byte[] source() {
        return source;
    }

    /** Where the message begins. */
    public int messageOffset() {
        return messageOffset;
    }

    /** Octets of the message, without the one trailing LF, CR LF or NUL. */
    public int messageLength() {
        return messageLength;
    }

    /** The peer's address in ASCII. */
    public byte[] peer() {
        return peer;
    }

    /** Receive time, microseconds since the epoch. */
    public long receivedMicros() {
        return receivedMicros;
    }

    /** Whether TIMESTAMP is nil. */
    public boolean timestampNil() {
        return timestampLength == 0 && timestampDigits < 0;
    }

    /** Whether TIMESTAMP is sent as it stands in {@link #source()}. */
    public boolean timestampVerbatim() {
        return timestampLength > 0;
    }

    /** Where a verbatim TIMESTAMP begins. */
    public int timestampOffset() {
        return timestampOffset;
    }

    /** Length of a verbatim TIMESTAMP, otherwise 0. */
    public int timestampLength() {
        return timestampLength;
    }

    /** The message's time, microseconds since the epoch; of a nil TIMESTAMP the receive time. */
    public long timestampMicros() {
        if (timestampVerbatim()) {
            return TimestampText.micros(source, timestampOffset, timestampLength);
        }
        return timestampNil() ? receivedMicros : timestampMicros;
    }

    /** Zone offset in seconds in which a TIMESTAMP that is not verbatim is written. */
    public int timestampZone() {
        return timestampZone;
    }

    /** Fraction digits of a TIMESTAMP that is not verbatim, 0 to 6. */
    public int timestampDigits() {
        return timestampDigits;
    }

    /** The array that holds HOSTNAME. */
    public byte[] hostnameSource() {
        return hostnameSource;
    }

    /** Where HOSTNAME begins in {@link #hostnameSource()}. */
    public int hostnameOffset() {
        return hostnameOffset;
    }

    /** Octets of HOSTNAME. */
    public int hostnameLength() {
        return hostnameLength;
    }

    /** The array that holds APP-NAME. */
    public byte[] appNameSource() {
        return appNameSource;
    }

    /** Where APP-NAME begins in {@link #appNameSource()}. */
    public int appNameOffset() {
        return appNameOffset;
    }

    /** Octets of APP-NAME. */
    public int appNameLength() {
        return appNameLength;
    }

    /** Where PROCID begins. */
    public int procIdOffset() {
        return procIdOffset;
    }

    /** Octets of PROCID. */
    public int procIdLength() {
        return procIdLength;
    }

    /** Where MSGID begins. */
    public int msgIdOffset() {
        return msgIdOffset;
    }

    /** Octets of MSGID. */
    public int msgIdLength() {
        return msgIdLength;
    }

    /** The array that holds STRUCTURED-DATA and MSG. */
    public byte[] bodySource() {
        return bodySource;
    }

    /** Where STRUCTURED-DATA begins in {@link #bodySource()}. */
    public int structuredDataOffset() {
        return structuredDataOffset;
    }

    /** Octets of STRUCTURED-DATA. */
    public int structuredDataLength() {
        return structuredDataLength;
    }

    /** Where MSG begins in {@link #bodySource()}. */
    public int textOffset() {
        return textOffset;
    }

    /** Octets of MSG. */
    public int textLength() {
        return textEnd - textOffset;
    }

    /** Octets of the fields that do not lie in {@link #source()}, HOSTNAME aside. */
    @SuppressWarnings("ReferenceEquality") // which array it is, not what is in it
    public int foreignLength() {
        return (appNameSource == source ? 0 : appNameLength)
                + (bodySource == source ? 0 : structuredDataLength + textLength());
    }

    /** Starts a new message; everything known of the one before is forgotten. */
    public void begin(byte[] source, int offset, int length, byte[] peer, long receivedMicros) {
        this.source = source;
        this.messageOffset = offset;
        this.messageLength = length;
        this.peer = peer;
        this.receivedMicros = receivedMicros;
        form = Form.UNPARSED;
        reasons = 0;
        unchanged = false;
        priority = Priority.DEFAULT;
        appNameSource = source;
        bodySource = source;
        textOffset = offset;
        textEnd = offset + length;
        clearHeader();
    }

    /** Forgets all fields between PRI and MSG: HOSTNAME is the peer's, TIMESTAMP received. */
    public void clearHeader() {
        timestampReceived();
        hostnamePeer();
        appNameLength = 0;
        procIdLength = 0;
        msgIdLength = 0;
        structuredDataLength = 0;
    }

    /** Sets the form. */
    public void form(Form value) {
        form = value;
    }

    /** Adds a reason. */
    public void add(Reason reason) {
        reasons |= reason.bit();
    }

    /** States that the message leaves byte for byte. */
    public void keepBytes() {
        unchanged = true;
    }

    /** A rule changed the message for this reason: it does not leave byte for byte any more. */
    public void changed(Reason reason) {
        add(reason);
        unchanged = false;
    }

    /** Sets the PRI value. */
    public void priority(int value) {
        priority = value;
    }

    /** TIMESTAMP as it stands in the source, which follows RFC 5424 §6.2.3. */
    public void timestampAt(int offset, int length) {
        timestampOffset = offset;
        timestampLength = length;
    }

    /** TIMESTAMP as an instant with the offset and the fraction digits to write. */
    public void timestamp(long micros, int zoneSeconds, int digits) {
        timestampLength = 0;
        timestampMicros = micros;
        timestampZone = zoneSeconds;
        timestampDigits = digits;
    }

    /** TIMESTAMP is the receive time in UTC. */
    public void timestampReceived() {
        timestamp(receivedMicros, 0, 6);
    }

    /** TIMESTAMP is nil. */
    public void timestampNone() {
        timestamp(receivedMicros, 0, -1);
    }

    /** HOSTNAME stands in the source. */
    public void hostname(int offset, int length) {
        hostnameSource = source;
        hostnameOffset = offset;
        hostnameLength = length;
    }

    /** HOSTNAME is the peer's address. */
    public void hostnamePeer() {
        hostnameSource = peer;
        hostnameOffset = 0;
        hostnameLength = peer.length;
    }

    /** HOSTNAME is this, whatever the message says. */
    public void hostname(byte[] value) {
        hostnameSource = value;
        hostnameOffset = 0;
        hostnameLength = value.length;
    }

    /** APP-NAME is this, whatever the message says. */
    public void appName(byte[] value) {
        appNameSource = value;
        appNameOffset = 0;
        appNameLength = value.length;
    }

    /**
     * STRUCTURED-DATA and MSG are these octets, one behind the other, whatever the message says.
     */
    public void body(byte[] octets, int structuredData, int text) {
        bodySource = octets;
        structuredDataOffset = 0;
        structuredDataLength = structuredData;
        textOffset = structuredData;
        textEnd = structuredData + text;
    }

    /** Sets APP-NAME. */
    public void appName(int offset, int length) {
        appNameOffset = offset;
        appNameLength = length;
    }

    /** Sets PROCID. */
    public void procId(int offset, int length) {
        procIdOffset = offset;
        procIdLength = length;
    }

    /** Sets MSGID. */
    public void msgId(int offset, int length) {
        msgIdOffset = offset;
        msgIdLength = length;
    }

    /** Sets STRUCTURED-DATA. */
    public void structuredData(int offset, int length) {
        structuredDataOffset = offset;
        structuredDataLength = length;
    }

    /** Sets the start of MSG. */
    public void text(int offset) {
        textOffset = offset;
    }
}
