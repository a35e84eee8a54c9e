"""In charge of downloading what an applicant's link leads to, without being led anywhere else.

Hosts come from an allow-list. A name is resolved once, every address it has must be allowed, and the connection goes to that address
and no other (DNS rebinding). Redirects are followed by hand under the same rules. Size and time are bounded; what was cut is gone on
with (RFC 9110 §14). Nothing of ours is sent: no cookie, no credential, no referrer, no proxy of the environment.
Leaves connections to `guarded_wire`, addresses to `addresses`, and which links are downloaded to `daemon.downloads`.
"""

import http.client
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from ingest.addresses import PUBLIC, AddressRule
from ingest.errors import IngestError, NotKept
from ingest.guarded_wire import Resolve, Wire, connect, system_resolve

_PIECE = 256 * 1024  #: bytes read at a time
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_RANGE = re.compile(r"bytes (?P<first>\d+)-(?P<last>\d+)/(?P<total>\d+|\*)")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_PORTS = {"https": 443, "http": 80}


class LinkRefused(IngestError):
    """A link, or what it redirects to, is not one we may follow, or holds what we may not take. Trying again does not help."""

    mend = "Staff download it by hand into the case's folder; where the host is to be trusted, add it to [links] hosts."


class LinkFailed(IngestError):
    """A download did not come to its end. Another try may."""

    mend = "Nothing: it is tried again. Staff may also download it by hand into the case's folder."


@dataclass(frozen=True)
class Policy:
    """What a download may do. The default forbids every host."""

    hosts: tuple[str, ...] = ()  #: "mail.163.com" is that host, ".126.net" every host below it
    schemes: tuple[str, ...] = ("https",)
    ports: tuple[int, ...] = ()  #: besides the scheme's own
    addresses: AddressRule = PUBLIC
    max_bytes: int = 4 << 30
    seconds: float = 1800.0  #: for the whole download, whatever happens on the way
    silence_s: float = 30.0  #: without a byte
    redirects: int = 5
    cuts: int = 5  #: how often a cut connection is gone on with


@dataclass(frozen=True)
class Tools:
    """What a download is done with; tests put others in."""

    resolve: Resolve = system_resolve
    stopping: Callable[[], bool] = lambda: False
    ca_file: Path | None = None


@dataclass
class _State:
    """How far a download has come."""

    file: BinaryIO
    ends: float  #: monotonic
    size: int = 0
    total: int | None = None  #: bytes of the whole, where the server told
    validator: str = ""  #: strong ETag or date under which the rest may be asked for (RFC 9110 §13.1.5)
    whole: bool = False


def download(url: str, target: Path, policy: Policy, tools: Tools | None = None) -> int:
    """Write what a link leads to into a new file and return its size in bytes; the file is gone again after an error.

    Raises LinkRefused, LinkFailed; OSError when the file cannot be written.
    """
    tools = tools or Tools()
    with target.open("xb") as file:
        try:
            state = _State(file, time.monotonic() + policy.seconds)
            _download(url, state, policy, tools)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    return state.size


def _download(url: str, state: _State, policy: Policy, tools: Tools) -> None:
    """Go on until all is there, or the cuts are too many."""
    for _ in range(policy.cuts + 1):
        _go_on(url, state, policy, tools)
        if state.whole:
            return
    raise LinkFailed(f"cut {policy.cuts + 1} times, {state.size} bytes came")


def _go_on(url: str, state: _State, policy: Policy, tools: Tools) -> None:
    """Ask for the link, follow redirects, and read as far as the connection carries."""
    for _ in range(policy.redirects + 1):
        parts = checked(url, policy)
        try:
            with connect(_wire(parts, state, policy, tools)) as link:
                answer = link.ask(_target(parts), _headers(parts, state))
                link.check()  # a head that the deadline cut reads as a short one
                where = answer.headers.get("Location")
                if answer.status not in _REDIRECTS or not where:
                    _receive(answer, state, policy, tools, link.check)
                    return
        except (OSError, http.client.HTTPException) as error:
            _cut(error, state)
            return
        url = _joined(url, where)
    raise LinkRefused(f"more than {policy.redirects} redirects")


def _joined(url: str, where: str) -> str:
    try:
        return urljoin(url, where)
    except ValueError as error:
        raise LinkRefused("redirects to no URL") from error


def checked(url: str, policy: Policy) -> SplitResult:
    """Return a URL in parts. Raises LinkRefused for one that the policy does not allow."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError as error:
        raise LinkRefused("not a URL") from error
    if parts.scheme not in policy.schemes:
        raise LinkRefused(f"scheme {parts.scheme[:20]!r} is not allowed")
    if parts.username is not None or parts.password is not None:
        raise LinkRefused("a URL with a user name is not followed")
    if not _HOST.fullmatch(host) or not any(
        host == allowed or (allowed[:1] == "." and host.endswith(allowed)) for allowed in policy.hosts
    ):
        raise LinkRefused(f"host {host[:80]!r} is not in [links] hosts")
    if port is not None and port != _PORTS[parts.scheme] and port not in policy.ports:
        raise LinkRefused(f"port {port} is not allowed")
    return parts


def _wire(parts: SplitResult, state: _State, policy: Policy, tools: Tools) -> Wire:
    """Return where to connect: the addresses the name has now, every one of them allowed."""
    host, port = (parts.hostname or "").rstrip("."), parts.port or _PORTS[parts.scheme]
    addresses = tools.resolve(host, port)
    if not addresses:
        raise LinkFailed(f"{host} has no address")
    for address in addresses:
        if not policy.addresses.allows(address):
            raise LinkRefused(f"{host} resolves to {address}, which is no public address")
    return Wire(
        host=host,
        port=port,
        addresses=tuple(addresses),
        tls=parts.scheme == "https",
        ends=state.ends,
        silence_s=policy.silence_s,
        ca_file=tools.ca_file,
    )


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return f"{path}?{query}" if query else path


def _headers(parts: SplitResult, state: _State) -> dict[str, str]:
    told = {
        "Host": parts.netloc,
        "User-Agent": "Mozilla/5.0 (compatible; shoujian)",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    if state.size and state.validator:
        told |= {"Range": f"bytes={state.size}-", "If-Range": state.validator}
    return told


def _receive(
    answer: http.client.HTTPResponse, state: _State, policy: Policy, tools: Tools, check: Callable[[], None]
) -> None:
    """Read an answer to its end, from where it begins; LinkRefused for one that is too large or no file."""
    _begin(answer, state)
    if (state.total or 0) > policy.max_bytes:
        raise LinkRefused(f"{state.total} bytes are more than the {policy.max_bytes} allowed")
    while piece := answer.read1(_PIECE):
        state.size += len(piece)
        if state.size > policy.max_bytes:
            raise LinkRefused(f"more than the {policy.max_bytes} bytes allowed")
        _write(state.file, piece)
        check()
        if tools.stopping():
            raise LinkFailed("the daemon is stopping")
    # Without a length nobody can tell a cut from an end, save in chunks, whose cut raises.
    chunked = "chunked" in answer.headers.get("Transfer-Encoding", "").lower()
    state.whole = state.size == state.total if state.total is not None else chunked
    if state.total is None and not chunked:
        raise LinkFailed("the server does not tell how long the file is")


def _write(file: BinaryIO, piece: bytes) -> None:
    """Write to our own disk; what fails here is no fault of the line, and not tried again."""
    try:
        file.write(piece)
    except OSError as error:
        raise NotKept(f"cannot be written: {error.strerror}") from error


def _begin(answer: http.client.HTTPResponse, state: _State) -> None:
    """Set the file to where the answer begins: at its own end for the rest that was asked for, else at the start."""
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise LinkRefused("the file comes encoded, though that was not asked for")
    if answer.status == http.client.PARTIAL_CONTENT and state.size:
        found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        total = int(found["total"]) if found and found["total"] != "*" else state.total
        if not found or int(found["first"]) != state.size or state.total not in (None, total):
            raise LinkFailed("another part of the file came than was asked for")
        state.total = total
        return
    if answer.status != http.client.OK:
        kind = LinkFailed if answer.status >= 500 or answer.status in (408, 416, 429) else LinkRefused
        raise kind(f"status {answer.status}")
    state.file.seek(0)
    state.file.truncate()
    length = answer.headers.get("Content-Length", "")
    state.size, state.total = 0, int(length) if re.fullmatch(r"\d{1,18}", length) else None
    etag = answer.headers.get("ETag", "")
    state.validator = etag if etag.startswith('"') else answer.headers.get("Last-Modified", "")


def _cut(error: Exception, state: _State) -> None:
    """Let a cut be gone on with while there is time; LinkFailed when there is none left."""
    if time.monotonic() >= state.ends:
        raise LinkFailed(f"not done within the time allowed, {state.size} bytes came") from error
