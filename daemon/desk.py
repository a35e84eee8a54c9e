"""In charge of what the work is done with: notice, rules, store, sandbox, and in whose name letters go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from daemon.staff_desk import StaffRules
from domain.notice import Limits, Notice, RuleConfig
from notify.letters import PostOffice
from parsers.sandbox import Sandbox
from store.desk import Store


@dataclass(frozen=True)
class Desk:
    """What the work is done with."""

    notice: Notice
    rules: Mapping[str, RuleConfig]
    limits: Limits
    store: Store
    sandbox: Sandbox
    account: str  #: the login, from which letters go
    sender_name: str
    staff: StaffRules = field(default_factory=StaffRules)
    accounts: tuple[str, ...] = ()  #: all logins, where there are several

    @property
    def own(self) -> tuple[str, ...]:
        """Every address that is ours: what comes from one is never answered."""
        return tuple(dict.fromkeys((self.notice.mailbox, self.account, *self.accounts)))

    def post(self, now: datetime, account: str = "") -> PostOffice:
        """Return who our letters are from, and when; what came to one of several accounts is answered from there."""
        office = PostOffice(address=self.account, addresses=self.accounts, name=self.sender_name, now=now)
        return office.answering(account)
