"""In charge of telling whoever runs the desk that it is in trouble, by a way that does not hang on the desk's own mailbox.

Leaves what is a trouble to `troubles`, what is told when to `alert_book`, words to `notify.alerts`.
"""

import os
import ssl
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from daemon.alert_book import Book, Manner, load, save, told, turned, ways
from daemon.settings import ConfigError, Settings
from daemon.troubles import Seen
from notify.alerts import Alert, address_alert
from notify.answers import Verdict
from notify.smtp import SmtpAccess, SmtpTransport

log = structlog.get_logger(__name__)

FILE = "alerts.json"  #: in the data directory
_COMMAND_S = 60.0
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(minutes=30)  #: rests of a way that does not work


class Alerts:
    """The second way out, with its memory. Used by one thread. ConfigError for settings that cannot be."""

    def __init__(self, settings: Settings, file: str = FILE) -> None:
        wanted = settings.alerts
        self._settings, self._file = wanted, settings.directory / file
        self._transport = second_way(settings) if wanted.to else None
        self._manner = Manner(
            remind=timedelta(hours=wanted.remind_hours),
            calm=timedelta(seconds=wanted.calm_seconds),
            call=settings.notice.name,
            ways=ways(wanted.to, wanted.command),
        )
        self._book = load(self._file)
        self._resting: dict[str, tuple[datetime, timedelta]] = {}  #: way → until when, and for how long

    def tell(self, seen: Seen, now: datetime) -> tuple[Alert, ...]:
        """Turn to what was seen, and send what is due; return what was newly found worth telling."""
        before = self._book
        self._keep(turned(before, seen, self._manner, now))
        known = {each.alert.key for each in before.due}
        news = tuple(each.alert for each in self._book.due if each.alert.key not in known)
        for alert in news:
            log.error("alert", trouble=alert.trouble.value, news=alert.news.value)
        self._send(now)
        return news

    def _send(self, now: datetime) -> None:
        """Send in order; a way that fails rests, and what follows waits with it."""
        for dispatch in self._book.due:
            for way in dispatch.to:
                if way in self._resting and now < self._resting[way][0]:
                    continue
                gone = way not in self._manner.ways  # taken out of the configuration meanwhile
                if not gone and (problem := self._go(way, dispatch.alert)):
                    self._rest(way, problem, now)
                else:
                    self._resting.pop(way, None)
                    self._keep(told(self._book, dispatch.alert.key, way))
        if self._transport:
            self._transport.close()

    def _go(self, way: str, alert: Alert) -> str:
        """Send by one way; return why that did not work, "" when it did. In doubt counts as not: better twice than never."""
        if way not in self._settings.to:
            return run(self._settings.command, alert)
        assert self._transport is not None
        end = self._transport.deliver(address_alert(alert, way, self._settings.from_))
        return "" if end.verdict is Verdict.SENT else end.line

    def _rest(self, way: str, problem: str, now: datetime) -> None:
        _, last = self._resting.get(way, (now, _FIRST / 2))
        pause = min(last * 2, _LONGEST)
        self._resting[way] = (now + pause, pause)
        log.error("alert not sent", way=way, error=problem, again_in_s=pause.total_seconds(), mend="see `doctor`")

    def _keep(self, book: Book) -> None:
        """Keep the book in memory, and on disk where that takes it: a full disk is itself a thing to tell."""
        changed, self._book = book != self._book, book
        try:
            if changed:
                save(book, self._file)
        except OSError as error:
            log.error("alerts not written down", error=str(error), mend="make room in the data directory")  # noqa: TRY400


def second_way(settings: Settings) -> SmtpTransport:
    """Return the second way out. Raises ConfigError without its password, or where that would go over the open net."""
    wanted, password = settings.alerts, settings.alert_password
    if wanted.account and password is None:
        raise ConfigError(
            "no password for [alerts]: give it as systemd credential alert-password or in SHOUJIAN_ALERT_PASSWORD"
        )
    access = SmtpAccess(
        host=wanted.host,
        port=wanted.port,
        security=wanted.security,
        user=wanted.account,
        sender=wanted.from_,
        password=password.get_secret_value() if password else "",
        timeout_s=wanted.timeout_seconds,
    )
    context = ssl.create_default_context(cafile=wanted.ca_file) if wanted.ca_file else None
    try:
        return SmtpTransport(access, context)
    except ValueError as error:
        raise ConfigError(f"[alerts] {error}") from error


def run(command: tuple[str, ...], alert: Alert) -> str:
    """Hand an alert to a program on its standard input; return why that did not work, "" when it ended with 0."""
    known = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    try:
        done = subprocess.run(
            command,
            input=f"{alert.subject}\n\n{alert.text}".encode(),
            env={**known, "SHOUJIAN_TROUBLE": alert.trouble, "SHOUJIAN_NEWS": alert.news},
            capture_output=True,
            timeout=_COMMAND_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{type(error).__name__}: {error}"
    return f"{Path(command[0]).name} ended with {done.returncode}" if done.returncode else ""
