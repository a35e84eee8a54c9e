"""In charge of one guarded HTTP connection: to an address chosen before, under a deadline that no dripping server outlasts.

Leaves which addresses and hosts are allowed, redirects and bodies to `guarded`.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

Resolve = Callable[[str, int], list[str]]  #: (host, port) → addresses; OSError where there are none


@dataclass(frozen=True)
class Wire:
    """Where to connect and until when."""

    host: str  #: for TLS and the Host header; it is not resolved again
    port: int
    addresses: tuple[str, ...]
    tls: bool
    ends: float  #: monotonic
    silence_s: float
    ca_file: Path | None = None


def system_resolve(host: str, port: int) -> list[str]:
    """Return every address of a name, as the system resolves it. Raises OSError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label that is empty or too long
        raise OSError(f"no host name: {host[:80]!r}") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Link:
    """An open connection that answers one question."""

    def __init__(self, wire: Wire, sock: socket.socket) -> None:
        self._wire, self._sock = wire, sock
        self._connection = http.client.HTTPConnection(wire.host, wire.port)
        self._connection.sock = sock  # connected by us: http.client neither resolves nor looks for a proxy

    def ask(self, target: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        """Send a GET and return the answer, its body unread. Raises OSError, HTTPException."""
        self._connection.putrequest("GET", target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            self._connection.putheader(name, value)
        self._connection.endheaders()
        return self._connection.getresponse()

    def check(self) -> None:
        """Raise TimeoutError when the time allowed is over."""
        if time.monotonic() >= self._wire.ends:
            raise TimeoutError("over the time allowed")


@contextmanager
def connect(wire: Wire) -> Iterator[Link]:
    """Give a connection; at the deadline it is shut down under whoever reads from it. Raises OSError."""
    left = wire.ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("over the time allowed")
    line = _Line(_dial(wire, min(left, wire.silence_s)))
    # A server that drips a byte now and then never lets a read time out: the deadline closes the line instead.
    deadline = threading.Timer(max(0.0, wire.ends - time.monotonic()), line.shut)
    deadline.daemon = True
    deadline.start()
    try:
        if wire.tls:
            line.secure(wire)
        yield Link(wire, line.sock)
    finally:
        deadline.cancel()
        line.sock.close()


def _dial(wire: Wire, seconds: float) -> socket.socket:
    """Connect to the first address that answers; what stands there is the address itself, never a name."""
    failure: OSError = OSError("no address")
    for address in wire.addresses:
        try:
            sock = socket.create_connection((address, wire.port), timeout=seconds)
        except OSError as error:
            failure = error
        else:
            sock.settimeout(wire.silence_s)
            return sock
    raise failure


class _Line:
    """A socket, plain at first, that another thread may shut at any moment."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def secure(self, wire: Wire) -> None:
        """Begin TLS. The socket changes before the handshake, so that a dripping handshake can be shut too."""
        context = ssl.create_default_context(cafile=wire.ca_file)
        secure = context.wrap_socket(self.sock, server_hostname=wire.host, do_handshake_on_connect=False)
        self.sock = secure
        secure.do_handshake()

    def shut(self) -> None:
        """End the connection under its reader. Not SSLSocket.shutdown: that would let the reader go on in plain text."""
        with suppress(OSError):  # closed already
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
