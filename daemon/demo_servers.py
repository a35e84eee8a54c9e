"""In charge of the demo's own mail world on loopback: an IMAP mailbox and an SMTP server that keeps what it is given."""

import argparse
import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd import smtp as wire
from aiosmtpd.smtp import AuthResult, Envelope, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend
from pymap.imap import IMAPServer, IMAPService

HOST = "127.0.0.1"


@contextmanager
def imap_server(account: str, password: str) -> Iterator[int]:
    """Give the port of an empty in-memory mailbox that lives as long as the context."""
    with _loop() as loop, _serving(loop, lambda stack: _imap(stack, account, password)) as port:
        yield port


@contextmanager
def smtp_server(letterbox: "Letterbox") -> Iterator[int]:
    """Give the port of an SMTP server that takes any login."""
    with _loop() as loop, _serving(loop, lambda stack: _smtp(stack, letterbox)) as port:
        yield port


@contextmanager
def _loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="demo-servers", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def _serving(
    loop: asyncio.AbstractEventLoop, start: Callable[[AsyncExitStack], Coroutine[Any, Any, int]]
) -> Iterator[int]:
    stack = AsyncExitStack()
    try:
        yield asyncio.run_coroutine_threadsafe(start(stack), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(stack.aclose(), loop).result()


async def _imap(stack: AsyncExitStack, account: str, password: str) -> int:
    backend, config = await DictBackend.init(_arguments(account, password))
    assert isinstance(config, Config)
    config.apply_context()
    await backend.start(stack)
    talk = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
    return await _port(await asyncio.start_server(talk, HOST, 0), stack)


async def _port(server: asyncio.Server, stack: AsyncExitStack) -> int:
    await stack.enter_async_context(server)
    port: int = server.sockets[0].getsockname()[1]
    return port


def _arguments(account: str, password: str) -> argparse.Namespace:
    """Return what pymap's own command line would make of these."""
    parser = argparse.ArgumentParser()
    IMAPService.add_arguments(parser)
    DictBackend.add_subparser("dict", parser.add_subparsers())
    parser.set_defaults(passlib_cfg=None, skip_services=[], debug=False)
    return parser.parse_args(["--no-tls", "dict", "--demo-user", account, "--demo-password", password])


@dataclass
class Letterbox:
    """Every mail the SMTP server accepted, as it came over the wire."""

    mails: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, server: wire.SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        return f"250 Mail OK queued as demo-{len(self.mails)}"


async def _smtp(stack: AsyncExitStack, letterbox: Letterbox) -> int:
    def welcome(*_: Any) -> AuthResult:
        return AuthResult(success=True)

    def session() -> wire.SMTP:
        return wire.SMTP(letterbox, authenticator=welcome, auth_require_tls=False, decode_data=False)

    return await _port(await asyncio.get_running_loop().create_server(session, HOST, 0), stack)
