"""In charge of what is seen of the running desk: by Prometheus, by a health check, by the desk itself when it is in trouble.

The service's threads say what happened (`polled`, `decided`, `sent`, …); whoever looks gets one consistent view (`look`).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from daemon.alerting import FILE, Alerts
from daemon.duties import Role
from daemon.meters import Meters, Reading, build
from daemon.pipeline import Processed
from daemon.settings import Settings
from daemon.signs import Signs
from daemon.troubles import FAILING, SENDERS, Seen, troubles, unanswered
from daemon.vitals import Vitals, take
from daemon.workshop import clock
from ingest.poll import PollReport
from notify.expiring import expiring
from notify.outbox import SendReport
from notify.pacing import midnight
from store.desk import Store

SENDING_FILE = "alerts-sending.json"  #: the memory of whoever sends, which may be another process


class Lookout:
    """What is seen of one desk."""

    def __init__(self, settings: Settings, store: Store, accounts: Sequence[str], meters: Meters) -> None:
        """Raise what `Alerts` raises: that an alert could never be sent is told at the start."""
        self._settings, self._store, self._accounts = settings, store, tuple(accounts)
        self.signs = Signs(clock())
        self.meters = meters
        files = {Role.POLLER: FILE, Role.SENDER: SENDING_FILE} if settings.alerts.wanted else {}
        self._alerts = {duty: Alerts(settings, file) for duty, file in files.items()}
        self._surveyed: tuple[Reading, ...] = ()
        meters.show(self.gauges)

    def polled(self, report: PollReport) -> None:
        self.signs.polled(report)
        self.meters.polled(report)

    def decided(self, done: Processed) -> None:
        self.meters.decided(done.outcome)

    def sent(self, account: str, report: SendReport) -> None:
        self.signs.sent(account, report)
        self.meters.sent(report)

    def reload(self, settings: Settings) -> None:
        """Take other settings into force; where alerts go holds until a restart."""
        self._settings = settings

    def look(self) -> tuple[Vitals | None, Seen]:
        """Return how the desk is, and its troubles; no vitals where database or disk gave no answer."""
        try:
            vitals = take(self._settings, self._store, self._accounts, clock())
        except (SQLAlchemyError, OSError) as error:
            return None, unanswered(error)
        return vitals, troubles(vitals, self.signs, self._settings)

    def tell(self, duty: Role) -> None:
        """Tell of the troubles that whoever has a duty looks after, by the second way, where there is one."""
        if alerts := self._alerts.get(duty):
            seen = {kind: told for kind, told in self.look()[1].items() if (kind in SENDERS) is (duty is Role.SENDER)}
            for alert in alerts.tell(seen, clock()):
                self.meters.alerted(alert)

    def survey(self) -> None:
        """Count what takes a walk over all records: not done whenever somebody asks."""
        links = expiring(self._store, self._settings.notice, clock())
        figures = {"kept_bytes": self._store.kept_bytes(), "expiring_links": len(links)}
        self._surveyed = tuple((name, (), float(figure)) for name, figure in figures.items())

    def gauges(self) -> Iterator[Reading]:
        """Yield every gauge as it stands now."""
        vitals, seen = self.look()
        yield "build_info", build(), 1.0
        for trouble, evidence in seen.items():
            yield "trouble", (trouble.value,), float(bool(evidence))
        if self.signs.confinement is not None:
            yield "confinement_info", (self.signs.confinement,), 1.0
        yield from self._surveyed
        if vitals:
            yield from self._levels(vitals)
            yield from self._ages(vitals)
            yield from self._room(vitals)

    def health(self) -> tuple[bool, dict[str, object]]:
        """Return whether the desk does its work, and what /healthz tells."""
        vitals, seen = self.look()
        here = [trouble for trouble, evidence in seen.items() if evidence]
        works = FAILING.isdisjoint(here)
        told: dict[str, object] = {
            "status": "failing" if not works else "attention" if here else "ok",
            "troubles": [trouble.value for trouble in here],
            "confinement": self.signs.confinement,
        }
        if vitals:
            told |= {
                "last_poll_age_s": {
                    self.meters.mailbox(a): _age(vitals, polled.last) for a, polled in vitals.polls.items()
                },
                "waiting": vitals.waiting,
                "waiting_age_s": round(vitals.waiting_s, 1),
                "held_letters": vitals.held,
                "quarantined": vitals.quarantined,
                "disk_free_bytes": vitals.disk_free,
            }
        return works, told

    def _levels(self, vitals: Vitals) -> Iterator[Reading]:
        for message_state, number in vitals.levels.messages.items():
            yield "messages", (message_state.value,), number
        for letter_state, number in vitals.levels.letters.items():
            yield "letters", (letter_state.value,), number

    def _ages(self, vitals: Vitals) -> Iterator[Reading]:
        for account, polled in vitals.polls.items():
            ages = {"last_poll_age_seconds": polled.last, "last_good_poll_age_seconds": polled.good}
            for name, when in ages.items():
                if (age := _age(vitals, when)) is not None:
                    yield name, (self.meters.mailbox(account),), age
        yield "oldest_waiting_age_seconds", (), vitals.waiting_s

    def _room(self, vitals: Vitals) -> Iterator[Reading]:
        for number, seen in enumerate(self._settings.by_mailbox(), 1):
            own = (seen.mailbox.account.lower(), *([""] if number == 1 else []))
            caps = {
                "per_quarter_hour": (vitals.at - timedelta(minutes=15), seen.smtp.per_quarter_hour),
                "per_day": (midnight(vitals.at), seen.smtp.per_day),
            }
            for cap, (since, most) in caps.items():
                left = max(most - self._store.sent_since(since, accounts=own), 0)
                yield "letters_left", (str(number), cap), left
        yield "disk_free_bytes", (), vitals.disk_free
        yield "database_bytes", (), self._store.database_bytes()


def _age(vitals: Vitals, when: datetime | None) -> float | None:
    return round(max((vitals.at - when).total_seconds(), 0.0), 1) if when else None
