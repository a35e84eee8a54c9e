"""A web server that misbehaves as told, on a real socket of the loopback."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

Answer = Callable[["Asked", socket.socket], None]


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    target: str
    headers: dict[str, str]

    @property
    def first(self) -> int:
        """The byte its Range begins with, 0 without one."""
        told = self.headers.get("range", "bytes=0-")
        return int(told.removeprefix("bytes=").rstrip("-"))


@dataclass
class Web:
    """The server: each request is answered by the next of `answers`, the last one for ever."""

    port: int
    answers: list[Answer]
    asked: list[Asked] = field(default_factory=list)
    tls: ssl.SSLContext | None = None

    def url(self, target: str = "/film.mp4", host: str = "files.example") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{target}"

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):  # a client that went away is what some tests are about
                connection.settimeout(10)
                if self.tls is None:
                    self._answer(connection)
                else:
                    with self.tls.wrap_socket(connection, server_side=True) as secure:
                        self._answer(secure)

    def _answer(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(4096)
            if not piece:
                return
            head += piece
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        self.asked.append(Asked(lines[0].split(" ")[1], {name.lower(): value for name, value in headers.items()}))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer(self.asked[-1], connection)


@contextmanager
def web(*answers: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Web(listener.getsockname()[1], list(answers), tls=tls)
        thread = threading.Thread(target=server.serve, args=(listener,), daemon=True)
        thread.start()
        yield server
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
    thread.join(15)


def head(status: str, **headers: object) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def says(status: str, body: bytes = b"", **headers: object) -> Answer:
    """Answer with a whole body of its length."""
    told = head(status, Content_Length=len(body), **headers) + body
    return lambda asked, connection: connection.sendall(told)


def redirects(to: str, status: str = "302 Found") -> Answer:
    return says(status, Location=to)


def certificate(host: str, folder: Path) -> Path:
    """Return a certificate that signs itself for a host, with its key, in one file."""
    path = folder / f"{host}.pem"
    request = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    names = ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]
    key = folder / "key.pem"
    subprocess.run([*request, *names, "-keyout", key, "-out", path], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + key.read_bytes())
    return path


def server_tls(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
