"""In charge of what the running desk has noticed and no table keeps. After a start it knows nothing, and says so."""

from collections.abc import Sequence
from datetime import datetime

from ingest.errors import NotLetIn
from ingest.poll import PollReport
from notify.outbox import SendReport


class Signs:
    """Each sign is written by one thread and read by others; a value is replaced whole."""

    def __init__(self, started: datetime) -> None:
        self.started = started
        self.logins: dict[str, str] = {}  #: account → why its login is refused; "": it is taken
        self.poll_errors: dict[str, str] = {}  #: account → what ended its last look; "": nothing
        self.sending: dict[str, str] = {}  #: account → the mail server's answer to it; "": it takes our letters
        self.moved: dict[str, datetime] = {}  #: account → when its look last came on: one of hours is no stalled one
        self.discrepancies: int | None = None  #: what `verify` found when it last ran
        self.confinement: str | None = None  #: what confines a parser process, in words

    def polled(self, report: PollReport) -> None:
        """Note a look into a mailbox. One that got no answer leaves open whether the login is still taken."""
        error = report.error
        self.poll_errors = {**self.poll_errors, report.account: str(error) if error else ""}
        if error is None or isinstance(error, NotLetIn):
            self.logins = {**self.logins, report.account: str(error) if error else ""}

    def came_on(self, account: str, now: datetime) -> None:
        self.moved = {**self.moved, account: now}

    def sent(self, account: str, report: SendReport) -> None:
        """Note a round of sending; one that dialled nobody tells nothing."""
        if report.alarms or report.sent:
            self.sending = {**self.sending, account: report.alarms[-1] if report.alarms else ""}

    def verified(self, discrepancies: Sequence[str]) -> None:
        self.discrepancies = len(discrepancies)
