"""In charge of who does what where several processes serve one call: roles, and the turns that keep each duty with one process.

    poller   asks the mailbox, takes in what staff fetched       one a mailbox
    worker   reads mails; one of them concludes, in order        any number
    sender   sends letters, writes digest and reminders          one an account
    all      everything, in one process

Where a turn is another's, a process stands by: it asks again at every tick, and takes over when the other ends or is cut off.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum

from daemon.lock import alone
from daemon.settings import ConfigError, Settings
from store.desk import Store
from store.turns import Turn


class Role(StrEnum):
    """What a process does."""

    ALL = "all"
    POLLER = "poller"
    WORKER = "worker"
    SENDER = "sender"


class Duties:
    """The duties of this process, and which of them are its turn now."""

    def __init__(self, store: Store, role: Role = Role.ALL) -> None:
        self.role = role
        self._store = store
        self._turns: dict[str, Turn] = {}
        self._guard = threading.Lock()

    def has(self, duty: Role) -> bool:
        """Tell whether this process does such work at all."""
        return self.role in (Role.ALL, duty)

    def mine(self, duty: Role, account: str = "") -> bool:
        """Tell whether this process does it now: for one mailbox's account, or what is done once for all.

        Of workers all read; whose turn it is concludes.
        """
        name = f"shoujian {duty} {account.lower()}".strip()
        with self._guard:
            turn = self._turns.setdefault(name, self._store.turn(name))
        return turn.mine()

    def in_turn(self, duty: Role, work: Callable[[], None]) -> Callable[[], None]:
        """Return work that is done only while it is this process's turn."""

        def tick() -> None:
            if self.mine(duty):
                work()

        return tick

    def rest(self) -> None:
        """Give all turns back."""
        for turn in self._turns.values():
            turn.give_back()


def may_run(settings: Settings, role: Role) -> AbstractContextManager[None]:
    """Return what a process of a role holds while it runs: on SQLite the data directory, for one process is all there may be.

    Raises:
        ConfigError: the role needs a database that several processes share; or, on entry, another daemon holds the directory.
    """
    if role is not Role.ALL and not settings.data.shares_work:
        raise ConfigError(
            f'--role {role} needs a database that processes share: [data] database = "postgresql+psycopg://…" '
            'and queue = "procrastinate" (docs/scaling.md)'
        )
    return nullcontext() if settings.data.is_postgresql else alone(settings.directory)


@contextmanager
def all_mine(settings: Settings, store: Store) -> Iterator[None]:
    """Hold every turn, for one cycle in one process.

    Raises:
        ConfigError: another process holds one.
    """
    duties = Duties(store)
    each = [(duty, account) for duty in (Role.POLLER, Role.SENDER) for account in ("", *settings.accounts)]
    try:
        for duty, account in ((Role.WORKER, ""), *each):
            if not duties.mine(duty, account):
                raise ConfigError(f"another daemon is at work on this database ({duty})")
        yield
    finally:
        duties.rest()
