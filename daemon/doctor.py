"""In charge of `doctor`: each thing the daemon needs is tried, and each failure comes with its mend."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from daemon.alerting import second_way
from daemon.settings import ConfigError, Settings, variable
from daemon.workshop import clock, mailbox_access, open_sandbox, open_store, transport
from ingest.errors import IngestError
from ingest.session import open_session
from notify.trial import faults
from store.errors import StoreError

_LEAST_FREE = 5 * 1024**3  #: bytes; a day of videos
_LIBRARIES = ("imapclient", "mail-parser", "python-docx", "pdfplumber", "pymediainfo", "rapidocr", "onnxruntime", "av")
_PROGRAMS = {
    "bsdtar": "opens .rar archives (Debian: libarchive-tools)",
    "7zz": "opens .rar archives too (Debian: 7zip)",
}


@dataclass(frozen=True)
class Finding:
    """One thing tried. `failed` None: it is not there, and need not be."""

    what: str
    told: str
    failed: bool = False
    mend: str = ""

    def __str__(self) -> str:
        mark = "FAIL" if self.failed else "ok  "
        return f"{mark} {self.what}: {self.told}" + (f"\n     mend: {self.mend}" if self.failed and self.mend else "")


def examine(settings: Settings, *, online: bool) -> Iterator[Finding]:
    """Try everything, one finding after the other. `online` tries the mailbox and the mail server too."""
    yield Finding(
        "configuration", f"{settings.notice.name}, {len(settings.notice.units)} units, {len(settings.rules)} rules"
    )
    yield from _libraries()
    yield from _programs()
    yield _disk(settings)
    yield _store(settings)
    yield _sandbox(settings)
    yield _clock(settings)
    yield _staff(settings)
    yield from _alerts(settings, online=online)
    if settings.notify.templates:
        yield from _templates(settings.notify.templates, settings)
    for each in settings.by_mailbox():
        yield from _ways(each, online=online)


def _ways(settings: Settings, *, online: bool) -> Iterator[Finding]:
    """Try one mailbox and its way out."""
    name = settings.mailbox.credential
    if settings.mailbox.source == "folder":
        yield _folder(settings)
    elif settings.password is None:
        mend = f"give the 授权码 as systemd credential {name} or in {variable(name)}"
        yield Finding(f"password of {settings.mailbox.account}", "none", failed=True, mend=mend)
    elif online:
        yield from _mailbox(settings)
        yield _smtp(settings)


def _libraries() -> Iterator[Finding]:
    for name in _LIBRARIES:
        try:
            yield Finding(f"library {name}", metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Finding(f"library {name}", "missing", failed=True, mend="run `make install`")


def _programs() -> Iterator[Finding]:
    for name, use in _PROGRAMS.items():
        yield Finding(f"program {name}", shutil.which(name) or f"not there (optional): {use}")


def _disk(settings: Settings) -> Finding:
    settings.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.directory).free
    return Finding(
        "disk",
        f"{free / 1024**3:.1f} GiB free for {settings.directory}",
        failed=free < _LEAST_FREE,
        mend="make room: below 5 GiB a day of videos may not fit",
    )


def _store(settings: Settings) -> Finding:
    def attempt() -> str:
        with open_store(settings) as store:
            return f"{len(store.verify(clock(), turn=clock().toordinal()))} discrepancies"

    return _tried("store", attempt, "check rights and space of the data directory, then run `verify`")


def _sandbox(settings: Settings) -> Finding:
    def attempt() -> str:
        with open_sandbox(settings, 1) as sandbox:
            return sandbox.confinement()

    return _tried("parser processes", attempt, "see the error; parsers need spare memory of [limits] parser_memory")


def _clock(settings: Settings) -> Finding:
    """Compare with the year of the call: a clock far off makes letters look forged."""
    now, year = clock(), settings.notice.year
    return Finding(
        "clock", f"{now:%Y-%m-%d %H:%M:%S} UTC", failed=now.year < year, mend="set the clock: timedatectl set-ntp true"
    )


def _staff(settings: Settings) -> Finding:
    to = settings.digest.to
    return Finding(
        "digest", f"{len(to)} staff addresses, at {settings.digest.at:%H:%M}", failed=not to, mend="set [digest] to"
    )


def _alerts(settings: Settings, *, online: bool) -> Iterator[Finding]:
    """Try the second way out: a log in and a goodbye, nothing is sent."""
    wanted = settings.alerts
    if not wanted.wanted:
        yield Finding("alerts", "nobody is told of troubles but the log (optional): set [alerts] to")
    if wanted.command:
        there = shutil.which(wanted.command[0])
        told = there or f"no program {wanted.command[0]}"
        yield Finding("alerts by program", told, failed=not there, mend="mend [alerts] command")
    if wanted.to and online:
        mend = "check [alerts] and its password (credential alert-password or SHOUJIAN_ALERT_PASSWORD)"
        yield _tried("alerts by mail", lambda: second_way(settings).greet(), mend)


def _templates(folder: Path, settings: Settings) -> Iterator[Finding]:
    """Try the office's own templates: one that is broken costs nobody a letter, for ours stands in for it."""
    wrong = faults(folder, settings.notice, clock())
    for fault in wrong:
        yield Finding(f"template {fault.template}", fault.told, failed=True, mend="mend or remove it; ours is used")
    if not wrong:
        yield Finding("templates", f"{len(list(folder.glob('*.j2')))} of the office's own in {folder}")


def _folder(settings: Settings) -> Finding:
    directory = settings.mailbox.directory
    there = directory is not None and directory.is_dir()
    return Finding("folder", str(directory), failed=not there, mend="make the directory or mend [mailbox] directory")


def _mailbox(settings: Settings) -> Iterator[Finding]:
    """Log in, send ID and open every polled folder, as a poll does; nothing on the server changes."""
    try:
        with open_session(mailbox_access(settings)) as session:
            yield Finding("login and ID", f"accepted for {settings.mailbox.account}")
            for name in session.wanted_folders():
                seen = session.examine(name)
                yield Finding(f"folder {name}", f"{seen.exists} messages, UIDVALIDITY {seen.uidvalidity}")
    except IngestError as error:
        yield Finding("mailbox", str(error), failed=True, mend=error.mend)
    except (ConfigError, ValueError) as error:
        yield Finding("mailbox", str(error), failed=True, mend="mend [mailbox] in the configuration")


def _smtp(settings: Settings) -> Finding:
    def attempt() -> str:
        with transport(settings) as smtp:
            return smtp.greet()

    return _tried(
        "mail server", attempt, "check [smtp] and that SMTP is switched on in the web mail; 535 means a wrong 授权码"
    )


def _tried(what: str, attempt: Callable[[], str], mend: str) -> Finding:
    try:
        return Finding(what, attempt())
    except (OSError, ValueError, RuntimeError, StoreError) as error:
        return Finding(what, f"{type(error).__name__}: {error}", failed=True, mend=mend)
