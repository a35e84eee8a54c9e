"""In charge of answering those who look from outside: /metrics and /healthz, over HTTP, on this machine unless told otherwise."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

from daemon.lookout import Lookout
from daemon.settings import ConfigError
from daemon.settings_outside import HealthSettings

_Start = Callable[..., Any]
_PATIENCE_S = 10  #: for a client that connects and says nothing


@contextmanager
def observed(wanted: HealthSettings, lookout: Lookout) -> Iterator[None]:
    """Serve while the context lasts; port 0 serves nothing. Raises ConfigError where the port cannot be had."""
    if not wanted.port:
        yield
        return
    try:
        server = make_server(wanted.host, wanted.port, _application(lookout), ThreadingWSGIServer, _Quiet)
    except OSError as error:
        raise ConfigError(f"[health] cannot listen on {wanted.host}:{wanted.port}: {error}") from error
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Quiet(WSGIRequestHandler):
    """Logs no request: whoever looks every few seconds would fill the journal."""

    timeout = _PATIENCE_S

    def log_message(self, format: str, *args: Any) -> None:
        return


def _application(lookout: Lookout) -> Callable[[dict[str, Any], _Start], Iterable[bytes]]:
    metrics = make_wsgi_app(lookout.meters.registry)

    def answer(environ: dict[str, Any], start: _Start) -> Iterable[bytes]:
        match environ["REQUEST_METHOD"], environ["PATH_INFO"]:
            case "GET" | "HEAD", "/metrics":
                return metrics(environ, start)  # type: ignore[no-any-return]  # prometheus_client leaves it untyped
            case "GET" | "HEAD", "/healthz":
                works, told = lookout.health()
                return _text(
                    start, "200 OK" if works else "503 Service Unavailable", json.dumps(told), "application/json"
                )
            case "GET" | "HEAD", _:
                return _text(start, "404 Not Found", "see /metrics and /healthz\n")
            case _:
                return _text(start, "405 Method Not Allowed", "look, and do not touch\n")

    return answer


def _text(start: _Start, status: str, body: str, media_type: str = "text/plain; charset=utf-8") -> list[bytes]:
    start(status, [("Content-Type", media_type), ("Cache-Control", "no-store")])
    return [body.encode()]
