"""In charge of downloading links from hosts the operator trusts into the watched folder; from there on they are as if staff had.

Leaves safety on the net to `ingest.guarded`. Tries stand in the history of the case: three that failed, or one refused, leave the link
to staff, and nothing that came is asked for again.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import structlog

from daemon.fetched import FetchDesk
from daemon.settings import LinkSettings
from domain.mail import Link
from domain.records import CaseRecord
from ingest.errors import NotKept
from ingest.guarded import LinkFailed, LinkRefused, Policy, Tools, checked, download
from parsers.message.filenames import safe_name
from store.desk import Store

log = structlog.get_logger(__name__)

_TRIES = 3
CAME, FAILED, REFUSED = "downloaded", "download failed", "download refused"  #: events of a case, each of a URL


def policy(settings: LinkSettings) -> Policy:
    """Return what downloads may do."""
    return Policy(
        hosts=tuple(host.lower() for host in settings.hosts),
        schemes=("https", "http") if settings.http else ("https",),
        max_bytes=settings.max_bytes,
        seconds=settings.seconds,
    )


class Downloads:
    """The downloads of one desk. One thread uses it."""

    def __init__(self, fetching: FetchDesk, store: Store, rules: Policy, tools: Tools | None = None) -> None:
        self._fetching, self._store, self._policy, self._tools = fetching, store, rules, tools or Tools()

    def run(self, clock: Callable[[], datetime]) -> int:
        """Download every link that waits and may be followed; return how many came."""
        try:
            return self._run(clock)
        except (OSError, NotKept) as error:  # our own disk: no link's fault, and no try of it
            log.error("download", error=str(error), mend="check rights and space of the data directory")  # noqa: TRY400
            return 0

    def _run(self, clock: Callable[[], datetime]) -> int:
        came = 0
        for record in self._fetching.awaiting():
            for link in self._wanted(record):
                if self._tools.stopping():
                    return came
                came += self._fetch(record.case.number or "", link, clock)
        return came

    def _wanted(self, record: CaseRecord) -> Iterator[Link]:
        for link in record.case.awaited:
            told = [event.event for event in record.history if f"{event.detail} ".startswith(f"{link.url} ")]
            if CAME not in told and REFUSED not in told and told.count(FAILED) < _TRIES and self._is_allowed(link):
                yield link

    def _is_allowed(self, link: Link) -> bool:
        try:
            checked(link.url, self._policy)
        except LinkRefused:
            return False
        return True

    def _fetch(self, number: str, link: Link, clock: Callable[[], datetime]) -> bool:
        self._fetching.folder.prepare([number])
        folder = self._fetching.folder.folder(number)
        half = (
            folder / f".{hashlib.sha256(link.url.encode()).hexdigest()[:16]}.part"
        )  # the watched folder passes it over
        half.unlink(missing_ok=True)  # of a process that was killed
        try:
            size = download(link.url, half, self._policy, self._tools)
            if not self._fetching.is_usable(half):
                raise LinkRefused("no video, document or archive came, but maybe a page of the provider's")
        except (LinkRefused, LinkFailed) as error:
            half.unlink(missing_ok=True)
            if self._tools.stopping():
                return False
            self._tell(number, REFUSED if isinstance(error, LinkRefused) else FAILED, f"{link.url} {error}", clock())
            log.warning("download", case=number, host=link.host, error=str(error)[:200])
            return False
        half.rename(_free(folder, link))
        self._tell(number, CAME, link.url, clock())
        log.info("downloaded", case=number, host=link.host, bytes=size)
        return True

    def _tell(self, number: str, event: str, detail: str, now: datetime) -> None:
        with self._store.begin(now) as tx:
            tx.event(number, event, detail)


def _free(folder: Path, link: Link) -> Path:
    """Return where to put what a link led to: under the name the mail gave it, made safe, numbered where it is taken."""
    name = safe_name(link.name or "").lstrip(".") or "下载文件"
    stem, dot, suffix = name.rpartition(".")
    target, number = folder / name, 2
    while target.exists():
        target, number = folder / (f"{stem} ({number}).{suffix}" if dot else f"{name} ({number})"), number + 1
    return target
