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

    def post(self, now: datetime) -> PostOffice:
        """Return who our letters are from, and when."""
        return PostOffice(address=self.account, name=self.sender_name, now=now)
