package io.sealpost.relay.listen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;

/** A RELP client that says what the test wants, also what no client should say. */
public final class RelpPeer implements AutoCloseable {
    private static final String OFFERS = "relp_version=0\nrelp_software=test\ncommands=syslog";

    /** The first frame of a good session. */
    public static final String OPEN = "1 open " + OFFERS.length() + " " + OFFERS + "\n";

    public static final String SERVERCLOSE = "0 serverclose 0";

    private final Socket socket;
    private final InputStream in;
    private String opened = "";

    private RelpPeer(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true);
    }

    /** At the other end of this connection, with nothing said yet. */
    public static RelpPeer of(Socket socket) throws IOException {
        return new RelpPeer(socket);
    }

    /** Connected with this port, with nothing said yet. */
    public static RelpPeer connect(int port) throws IOException {
        return of(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** With an open session. */
    public static RelpPeer open(int port) throws IOException {
        return connect(port).open();
    }

    /** With an open session of a numbered stream. */
    public static RelpPeer open(int port, String stream, long next) throws IOException {
        String offers = OFFERS + "\nsealpost_stream=" + stream + "," + next;
        RelpPeer peer = connect(port);
        peer.write("1 open " + offers.length() + " " + offers + "\n");
        peer.opened = peer.answer();
        return peer;
    }

    /** The answer to open. */
    public String opened() {
        return opened;
    }

    /** Opens the session. */
    public RelpPeer open() throws IOException {
        write(OPEN);
        opened = answer();
        if (!opened.startsWith("1 rsp ") || !opened.contains(" 200 OK\n")) {
            throw new IOException("not opened: " + opened);
        }
        return this;
    }

    /** The frame of a message. */
    public static String frame(int txnr, String message) {
        int length = message.getBytes(UTF_8).length;
        return txnr + " syslog " + length + (length == 0 ? "" : " " + message) + "\n";
    }

    /** How a message is acknowledged. */
    public static String ack(int txnr) {
        return txnr + " rsp 6 200 OK";
    }

    public RelpPeer write(String octets) throws IOException {
        socket.getOutputStream().write(octets.getBytes(UTF_8));
        return this;
    }

    /** The next frame that comes, without the last LF. */
    public String answer() throws IOException {
        StringBuilder frame = new StringBuilder();
        word(frame);
        word(frame);
        int digits = frame.length();
        int next = word(frame);
        int length = Integer.parseInt(frame.substring(digits).strip());
        if (next == ' ') {
            frame.append(new String(in.readNBytes(length), ISO_8859_1));
            next = in.read();
        } else if (length > 0) {
            throw new IOException("no DATA: " + frame);
        }
        if (next != '\n') {
            throw new IOException("no LF behind " + frame);
        }
        return frame.toString();
    }

    /** Appends up to and with the next blank, or up to a LF; answers which of them came. */
    private int word(StringBuilder frame) throws IOException {
        int octet = in.read();
        while (octet >= 0 && octet != ' ' && octet != '\n') {
            frame.append((char) octet);
            octet = in.read();
        }
        if (octet < 0) {
            throw new EOFException("ended behind \"" + frame + "\"");
        }
        if (octet == ' ') {
            frame.append(' ');
        }
        return octet;
    }

    /** All octets up to the end. */
    public String rest() throws IOException {
        return new String(in.readAllBytes(), ISO_8859_1);
    }

    /** Whether the relay has closed the connection in order; waits for it. */
    public boolean atEnd() throws IOException {
        return in.read() < 0;
    }

    /** Whether anything has come that was not read. */
    public boolean hasAnswer() throws IOException {
        return in.available() > 0;
    }

    public Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
