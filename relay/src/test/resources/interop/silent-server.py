# silent-server.py PORT FILE [CERTIFICATE KEY]: takes syslog over TCP, or over TLS with this
# certificate, and appends what it reads to FILE, until a line comes on standard input; then its host
# is as if unplugged: no segment gets in, and no answer out.
import ctypes
import socket
import ssl
import struct
import sys
import threading

SO_ATTACH_FILTER = 26
RETURN_NOTHING = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
DROP_ALL = struct.pack("HP", 1, ctypes.addressof(RETURN_NOTHING))


tls = None
if len(sys.argv) > 3:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[3], sys.argv[4])


def read(connection):
    if tls:
        connection.do_handshake()
    with open(sys.argv[2], "ab", buffering=0) as file:
        while octets := connection.recv(65536):
            file.write(octets)


server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen()
connections = []


def accept():
    while True:
        connection, _ = server.accept()
        if tls:
            connection = tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        connections.append(connection)
        threading.Thread(target=read, args=(connection,), daemon=True).start()


threading.Thread(target=accept, daemon=True).start()
sys.stdin.readline()
for silenced in [server, *connections]:
    silenced.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, DROP_ALL)
print("silent", flush=True)
sys.stdin.read()
