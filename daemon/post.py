"""In charge of one round of sending, with the settings' way out, pace and look into 已发送; says what an operator must know."""

from collections.abc import Callable
from datetime import datetime
from threading import Event

import structlog

from daemon.settings import Settings
from daemon.workshop import mailbox_access, transport
from ingest.sent import sent_lookup
from notify.outbox import SendReport, SentLookup, Throttle, send_due
from store.desk import Store

log = structlog.get_logger(__name__)


class Post:
    """The way out. Raises ConfigError or ValueError when made from settings that cannot be."""

    def __init__(self, settings: Settings, stop: Event, *, first: bool) -> None:
        """Take `settings` as the mailbox sees them. By the first one's way go letters, too, that are from no mailbox of now.

        `stop` ends sending, and waiting between letters.
        """
        smtp = settings.smtp
        self._transport = transport(settings)
        self._stop = stop
        self._throttle = Throttle(
            seconds_between=smtp.seconds_between,
            per_quarter_hour=smtp.per_quarter_hour,
            per_day=smtp.per_day,
            per_address_per_day=smtp.per_address_per_day,
        )
        self.account = settings.mailbox.account
        self._known = frozenset(map(str.lower, settings.accounts)) if first else None
        self._lookup = _lookup(settings)

    def send(self, store: Store, clock: Callable[[], datetime]) -> SendReport:
        """Send what is due, as far as caps and the server allow."""
        report = send_due(
            store,
            self._transport,
            self._throttle,
            clock,
            self._lookup,
            self._stop.wait,
            accounts=self._accounts(store),
            stopping=self._stop.is_set,
        )
        for line in report.alarms:
            log.error(
                "mail server", answer=line, mend="535: renew the 授权码; 553: [mailbox] account must be the login"
            )
        if report.sent or report.retried or report.held:
            log.info("sent", sent=len(report.sent), retried=len(report.retried), held=len(report.held))
        return report

    def _accounts(self, store: Store) -> tuple[str, ...]:
        own = self.account.lower()
        return (own,) if self._known is None else (own, *sorted({"", *store.accounts_with_post()} - self._known))


def ways_out(settings: Settings, stop: Event) -> list[Post]:
    """Return the way out of each mailbox; `stop` ends waiting between letters."""
    return [Post(seen, stop, first=number == 0) for number, seen in enumerate(settings.by_mailbox())]


def _lookup(settings: Settings) -> SentLookup:
    """Return the look into 已发送; without a mailbox nobody can tell, and what is in doubt is held for a person."""
    if settings.mailbox.source == "folder":
        return lambda message_id: None
    return sent_lookup(mailbox_access(settings))
