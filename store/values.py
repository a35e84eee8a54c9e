"""In charge of values that only the store hands out: cursors, polls, counts. The rest stands in `domain.records`."""

from datetime import datetime

from domain.kinds import Decision, MessageKind, MessageState, OutboxState, Track
from domain.value import Value


class Cursor(Value):
    """How far a folder has been taken in. UIDs are meaningless under another `uidvalidity` (RFC 3501 §2.3.1.1)."""

    account: str
    folder: str
    uidvalidity: int
    uidnext: int  #: as the server told at the last poll
    highest: int  #: every mail with a UID up to here is in the ledger


class PollRecord(Value):
    """One look into a mailbox."""

    account: str
    started_at: datetime
    finished_at: datetime
    ok: bool
    error: str = ""
    seen: int = 0  #: mails on the server that were looked at
    new: int = 0  #: of them, taken in now


class Counts(Value):
    """Figures for the digest and `status`. A period is `since` ≤ time < `until`; everything else is as of now."""

    arrived: int  #: messages received in the period
    kinds: dict[MessageKind, int]  #: messages received in the period and decided, by kind
    decisions: dict[Decision, int]  #: the same, by decision
    states: dict[MessageState, int]  #: all messages
    opened: int  #: cases opened in the period
    cases: dict[Track, dict[Decision, int]]  #: all cases
    findings: dict[str, int]  #: of all cases as they stand, by rule code
    letters: dict[OutboxState, int]  #: all letters
    sent: int  #: letters sent in the period
    waiting_since: datetime | None  #: arrival of the oldest message that is neither decided nor quarantined


class Levels(Value):
    """How full everything is now: what is looked at every few seconds, so each figure is one walk over an index."""

    messages: dict[MessageState, int]
    letters: dict[OutboxState, int]
    waiting_since: datetime | None  #: as in `Counts`
