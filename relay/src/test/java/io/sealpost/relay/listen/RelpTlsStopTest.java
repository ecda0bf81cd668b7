package io.sealpost.relay.listen;

import static io.sealpost.relay.listen.RelpPeer.ack;
import static io.sealpost.relay.listen.RelpPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.sealpost.relay.listen.TcpListenerSettings.Protocol;
import io.sealpost.relay.tls.TestCertificates;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a RELP session over TLS ends, by the records on the wire. */
@Timeout(60)
class RelpTlsStopTest {
    private static final Protocol RELP = new Protocol.Relp("test,1,http://test", Optional.empty());

    /** RFC 5246 §6.2.1. */
    private static final int ALERT = 21;

    private static final int APPLICATION_DATA = 23;
    private static final int RECORD_HEADER = 5;

    @Test
    void the_farewell_of_tls_goes_behind_the_last_acknowledgements() throws Exception {
        try (Testbed bed = Testbed.open(1)) {
            TcpListener listener = bed.relpTls(RELP);
            try (Recorded wire = new Recorded(listener.address().getPort());
                    RelpPeer peer = RelpPeer.of(secured(wire)).open()) {
                peer.write(frame(2, "<13>1 - h a - - - one") + frame(3, "<13>1 - h a - - - two"));
                bed.awaitCount("received", 2);

                listener.stop(Duration.ofSeconds(10));

                assertThat(peer.answer()).isEqualTo(ack(2));
                assertThat(peer.answer()).isEqualTo(ack(3));
                assertThat(peer.rest()).isEqualTo("0 serverclose 0\n");
                assertThat(wire.records()).endsWith(APPLICATION_DATA, ALERT);
            }
        }
    }

    /** By TLS 1.2, whose records tell on the outside what they are. */
    private static SSLSocket secured(Socket wire) throws Exception {
        SSLSocket socket =
                (SSLSocket)
                        TestCertificates.shared()
                                .client("")
                                .getSocketFactory()
                                .createSocket(wire, "localhost", wire.getPort(), true);
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        return socket;
    }

    /** A connection that keeps all octets that came. */
    private static final class Recorded extends Socket {
        private final ByteArrayOutputStream came = new ByteArrayOutputStream();

        Recorded(int port) throws IOException {
            super(InetAddress.getLoopbackAddress(), port);
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read() throws IOException {
                    int octet = super.read();
                    if (octet >= 0) {
                        came.write(octet);
                    }
                    return octet;
                }

                @Override
                public int read(byte[] into, int at, int most) throws IOException {
                    int count = super.read(into, at, most);
                    came.write(into, at, Math.max(0, count));
                    return count;
                }
            };
        }

        /** The types of the whole records that came. */
        List<Integer> records() {
            byte[] octets = came.toByteArray();
            List<Integer> types = new ArrayList<>();
            int at = 0;
            while (at + RECORD_HEADER <= octets.length) {
                types.add((int) octets[at]);
                at += RECORD_HEADER + ((octets[at + 3] & 0xff) << 8) + (octets[at + 4] & 0xff);
            }
            return types;
        }
    }
}
