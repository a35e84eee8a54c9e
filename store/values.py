"""In charge of values that only the store hands out: cursors, polls, counts. The rest stands in `domain.records`."""

from datetime import datetime

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
