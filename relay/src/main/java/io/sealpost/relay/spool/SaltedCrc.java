package io.sealpost.relay.spool;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C over a segment's salt and then the octets given. Confined to one thread. */
final class SaltedCrc {
    private final CRC32C crc = new CRC32C();
    private final byte[] salt;

    SaltedCrc(byte[] salt) {
        this.salt = salt;
    }

    SaltedCrc start() {
        crc.reset();
        crc.update(salt, 0, salt.length);
        return this;
    }

    SaltedCrc update(byte[] octets, int offset, int length) {
        crc.update(octets, offset, length);
        return this;
    }

    SaltedCrc update(ByteBuffer octets) {
        crc.update(octets);
        return this;
    }

    int value() {
        return (int) crc.getValue();
    }
}
