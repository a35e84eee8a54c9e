"""In charge of setting up what the work is done with, from the settings: store, sandbox, sources, post. Effects begin here."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from daemon.desk import Desk
from daemon.downloads import Downloads, policy
from daemon.fetched import FOLDER, FetchDesk
from daemon.lock import at_work
from daemon.outage import outage
from daemon.settings import ConfigError, Settings, secret
from daemon.staff_desk import StaffRules
from ingest.access import MailboxAccess
from ingest.folder import FolderSource
from ingest.guarded import Tools
from ingest.mailbox import ImapSource
from ingest.poll import Source
from ingest.providers import provider
from ingest.watched import WatchedFolder
from notify.smtp import SmtpAccess, SmtpTransport
from parsers.sandbox import Sandbox, Timed
from store.archive import Archive
from store.bucket import BucketArchive
from store.desk import Store
from store.errors import SchemaUnknown


def clock() -> datetime:
    """Return now, aware."""
    return datetime.now(UTC)


def open_archive(settings: Settings) -> Archive:
    """Return the archive of raw mail and files: a folder of the data directory, or a bucket and the folder as its cache.

    The bucket's secret key may come as systemd credential "s3-secret"; whatever else, from AWS_… in the environment.
    """
    data = settings.data
    if data.blobs is None:
        return Archive(data.directory)
    told = {"secret_access_key": key.get_secret_value()} if (key := secret("s3-secret")) else {}
    return BucketArchive(data.directory, data.blobs, data.cache_bytes, told)


def open_store(settings: Settings) -> Store:
    """Return the store of the data directory, made where there is none. Raises ConfigError where it cannot be used."""
    try:
        settings.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Store.open(settings.database, open_archive(settings), queued=settings.data.shares_work)
    except SchemaUnknown as error:
        raise ConfigError(str(error)) from error
    except (OSError, DBAPIError) as error:
        if told := outage(error):
            raise ConfigError(f"cannot use {settings.directory}: {told}: check its rights and space") from error
        raise


def _nobody(reader: str, seconds: float) -> None:
    """Take a reading's time and forget it."""


def open_sandbox(settings: Settings, workers: int = 2, timed: Timed = _nobody) -> Sandbox:
    """Return the parser processes, to be entered: they write in tmp/ of the data directory and read what is lent to them, no more."""
    return Sandbox(
        settings.limits,
        workers,
        writable=(settings.directory / "tmp",),
        lending=settings.directory / "lent",
        timed=timed,
    )


@contextmanager
def open_desk(settings: Settings, store: Store, workers: int = 2, timed: Timed = _nobody) -> Iterator[Desk]:
    """Give the desk, its sandbox running. `timed` is told how long each reading took."""
    with at_work(settings.directory), open_sandbox(settings, workers, timed) as sandbox:
        yield desk_of(settings, store, sandbox)


def desk_of(settings: Settings, store: Store, sandbox: Sandbox) -> Desk:
    """Return the desk as the settings have it."""
    return Desk(
        notice=settings.notice,
        rules=settings.rules,
        limits=settings.limits,
        store=store,
        sandbox=sandbox,
        account=settings.mailbox.account,
        sender_name=settings.smtp.sender_name,
        staff=StaffRules(settings.digest.to, settings.staff.authserv, settings.staff.undo_minutes),
        accounts=settings.accounts,
    )


def sources(settings: Settings) -> tuple[Source, ...]:
    """Return where mail comes from, each mailbox; raises as `source` does."""
    return tuple(map(source, settings.by_mailbox()))


def source(settings: Settings) -> Source:
    """Return where mail comes from. Raises ConfigError without a 授权码, ValueError for settings that cannot be."""
    mailbox = settings.mailbox
    if mailbox.source == "folder":
        assert mailbox.directory is not None
        return FolderSource(mailbox.directory)
    return ImapSource(mailbox_access(settings))


def fetch_desk(settings: Settings, desk: Desk) -> FetchDesk:
    """Return the desk for files that staff fetched; its folder is made with the first case that waits for one."""
    return FetchDesk(desk, WatchedFolder(settings.directory / FOLDER), settings.links.max_bytes)


def downloads(settings: Settings, desk: Desk, stopping: Callable[[], bool] = lambda: False) -> Downloads:
    """Return the daemon's own downloads; where `[links] fetch` is off nobody runs them."""
    return Downloads(fetch_desk(settings, desk), desk.store, policy(settings.links), Tools(stopping=stopping))


def mailbox_access(settings: Settings) -> MailboxAccess:
    """Return the way into the mailbox, its 授权码 included."""
    mailbox = settings.mailbox
    return MailboxAccess.of(
        mailbox.provider,
        mailbox.account,
        settings.need_password(),
        host=mailbox.host,
        port=mailbox.port,
        security=mailbox.security,
        ca_file=mailbox.ca_file,
        folders=mailbox.folders,
        read_seconds=mailbox.timeout_seconds,
    )


def transport(settings: Settings) -> SmtpTransport:
    """Return the way out for letters."""
    smtp, known = settings.smtp, provider(settings.mailbox.provider)
    access = SmtpAccess(
        host=smtp.host or known.smtp_host,
        port=smtp.port or known.smtp_port,
        security=smtp.security or known.smtp_security,
        user=settings.mailbox.account,
        sender=settings.mailbox.account,
        password=settings.need_password().get_secret_value(),
        timeout_s=smtp.timeout_seconds,
    )
    return SmtpTransport(access, ssl.create_default_context(cafile=smtp.ca_file) if smtp.ca_file else None)
