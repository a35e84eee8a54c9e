"""Any order of arrivals, claims, failures, crashes and conclusions keeps the promises of leases and outbox."""

import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from domain.kinds import MessageState, OutboxState
from domain.records import Claimed
from store.archive import Archive
from store.desk import Store
from store.errors import LeaseLost
from store.work import PAUSES, STRIKES
from tests.fixtures.postgres import Cluster
from tests.store.build import NOW, arrival, conclude

LEASE_S = 600.0
OWNERS = st.sampled_from(["one", "two", "three"])


@dataclass
class Message:
    """What we believe about a message."""

    received_at: datetime
    due_at: datetime
    attempts: int = 0
    owner: str | None = None
    state: MessageState = MessageState.ARCHIVED


class Intake(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        root = Path(self.directory.name)
        self.archive = Archive(root)
        self.url = self.make_database()
        self.store = Store.open(self.url, self.archive)
        self.now = NOW
        self.messages: dict[str, Message] = {}
        self.on_wire: dict[int, int] = {}

    def make_database(self) -> str:
        return f"sqlite:///{self.directory.name}/desk.db"

    def teardown(self) -> None:
        self.store.close()
        self.directory.cleanup()

    def due(self) -> str | None:
        """Return what is to be taken up; what used up its tries before it is put aside."""
        waiting = [(m.received_at, sha) for sha, m in self.messages.items() if self._is_due(m)]
        for _, sha256 in sorted(waiting):
            message = self.messages[sha256]
            if message.attempts < STRIKES:
                return sha256
            message.state, message.owner = MessageState.QUARANTINED, None
        return None

    def _is_due(self, message: Message) -> bool:
        return message.state is MessageState.ARCHIVED and message.due_at <= self.now

    @rule(age=st.integers(0, 5000))
    def arrive(self, age: int) -> None:
        serial = len(self.messages)
        sha256 = self.archive.add_bytes(f"mail {serial}".encode())
        received_at = self.now - timedelta(minutes=age, microseconds=serial)
        assert self.store.record_arrival(arrival(sha256, serial, received_at=received_at), self.now)
        self.messages[sha256] = Message(received_at, self.now)

    @rule(owner=OWNERS)
    def claim(self, owner: str) -> None:
        claimed = self.store.claim_message(owner, self.now, LEASE_S)
        assert (claimed.sha256 if claimed else None) == self.due()
        if claimed:
            self._take(claimed, owner)

    def _take(self, claimed: Claimed, owner: str) -> None:
        message = self.messages[claimed.sha256]
        message.attempts += 1
        assert claimed.attempts == message.attempts <= STRIKES
        message.owner, message.due_at = owner, self.now + timedelta(seconds=LEASE_S)

    @precondition(lambda self: self.messages)
    @rule(data=st.data(), owner=OWNERS)
    def fail(self, data: st.DataObject, owner: str) -> None:
        sha256 = data.draw(st.sampled_from(sorted(self.messages)))
        message = self.messages[sha256]
        if message.owner == owner and message.attempts >= STRIKES:
            message.state, message.owner = MessageState.QUARANTINED, None
        elif message.owner == owner:
            message.owner, message.due_at = None, self.now + PAUSES[message.attempts - 1]
        assert self.store.fail_message(sha256, owner, "error", self.now) is message.state

    @precondition(lambda self: self.messages)
    @rule(data=st.data())
    def decide(self, data: st.DataObject) -> None:
        """Conclude any message, lease or not: the first conclusion is the only one."""
        sha256 = data.draw(st.sampled_from(sorted(self.messages)))
        message = self.messages[sha256]
        try:
            conclude(self.store, sha256)
        except LeaseLost:
            assert message.state is MessageState.DECIDED
        else:
            assert message.state is not MessageState.DECIDED
            message.state, message.owner = MessageState.DECIDED, None

    @precondition(lambda self: self.messages)
    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        sha256 = data.draw(st.sampled_from(sorted(self.messages)))
        message = self.messages[sha256]
        may = message.state is not MessageState.DECIDED and message.owner is None
        assert self.store.retry_message(sha256, self.now) is may
        if may:
            message.state, message.attempts, message.due_at = MessageState.ARCHIVED, 0, self.now

    @rule(minutes=st.sampled_from([0.5, 1, 5, 10, 60]))
    def wait(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def crash_and_open_again(self) -> None:
        self.store.close()
        self.store = Store.open(self.url, self.archive)

    @rule(goes=st.booleans(), settles=st.sampled_from([OutboxState.SENT, OutboxState.QUEUED, OutboxState.HELD, None]))
    def send(self, goes: bool, settles: OutboxState | None) -> None:
        """Send the next letter; only what surely did not go is queued again. None: the sender dies."""
        record = self.store.claim_letter("sender", self.now)
        if record is None:
            return
        if goes:
            self.on_wire[record.id] = self.on_wire.get(record.id, 0) + 1
        if settles is OutboxState.QUEUED and goes:
            settles = OutboxState.HELD
        if settles:
            assert self.store.settle_letter(record.id, settles, self.now)

    @invariant()
    def no_letter_goes_twice(self) -> None:
        assert all(times == 1 for times in self.on_wire.values())

    @invariant()
    def store_and_belief_agree(self) -> None:
        for sha256, message in self.messages.items():
            stored = self.store.message(sha256)
            assert stored
            assert (stored.state, stored.attempts) == (message.state, message.attempts)

    @invariant()
    def archive_records_and_outbox_agree(self) -> None:
        assert [line for line in self.store.verify(self.now) if "being sent" not in line] == []


_TRIED = settings(max_examples=10, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))


def test_on_sqlite() -> None:
    run_state_machine_as_test(Intake, settings=_TRIED)


def test_on_postgresql(cluster: Cluster, migrated: str) -> None:
    class OnPostgreSQL(Intake):
        def make_database(self) -> str:
            return cluster.url(cluster.make(migrated))

    run_state_machine_as_test(OnPostgreSQL, settings=settings(_TRIED, max_examples=4))
