"""What the store keeps and hands back: arrivals, records of messages and cases, letters, events."""

from datetime import datetime

from domain.case import Case, Finding
from domain.kinds import Decision, MessageKind, MessageState, OutboxState
from domain.value import Value


class Arrival(Value):
    """A mail whose raw bytes are safe in the archive. (account, folder, uidvalidity, uid) is the ledger's key."""

    account: str
    folder: str  #: decoded name: INBOX, 垃圾邮件
    uidvalidity: int
    uid: int  #: 64-bit: NetEase's are huge and sparse
    sha256: str  #: of the raw bytes: the mail's identity
    size: int  #: bytes
    received_at: datetime  #: INTERNALDATE, aware
    source: str = "imap"  #: imap, folder, import, fetched
    reply: bool = True  #: imports are answered only on request
    incomplete: bool = False  #: still no closing boundary after refetching


class Claimed(Value):
    """A message taken up for work under a lease."""

    sha256: str
    received_at: datetime
    folder: str
    reply: bool
    attempts: int  #: this one included; counted before the work
    source: str = "imap"  #: imap, folder, import, fetched
    account: str = ""  #: the mailbox it came to


class Letter(Value):
    """An outgoing mail, whole before it is queued: `raw` is what goes on the wire, byte for byte."""

    message_id: str  #: "<…>", ours
    kind: str  #: receipt, question, duplicate, decision, withdrawal, reminder, digest, notice
    key: str  #: unique: the outbox holds at most one letter of a key, "receipt:<sha256>", "digest:2023-08-01"
    account: str = ""  #: the login it is from, and goes out by; "": the first mailbox's
    recipient: str
    subject: str
    text: str
    html: str = ""
    raw: bytes
    message_sha256: str | None = None  #: the message it answers
    case_numbers: tuple[str, ...] = ()


class LetterRecord(Value):
    """A letter in the outbox."""

    id: int
    letter: Letter
    state: OutboxState
    attempts: int = 0
    next_at: datetime  #: not tried before
    created_at: datetime
    sent_at: datetime | None = None
    error: str = ""  #: last answer of the server, or why it is held
    proof: str = ""  #: the server's acceptance line
    bounced: str = ""  #: diagnostic of the bounce that came back, if any


class Event(Value):
    """One line of the append-only history: who did what when."""

    at: datetime
    actor: str  #: "daemon", "staff:<name>", "applicant"
    subject: str  #: case number or message sha256
    event: str  #: received, judged, replied, superseded, decided, bounced, retried, released, …
    detail: str = ""


class MessageRecord(Value):
    """A message as the store knows it."""

    sha256: str
    account: str
    folder: str
    received_at: datetime
    state: MessageState
    reply: bool = True  #: whether it may be answered
    attempts: int = 0
    error: str = ""
    kind: MessageKind | None = None
    decision: Decision | None = None
    message_id: str | None = None
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    case_numbers: tuple[str, ...] = ()
    decided_at: datetime | None = None


class CaseRecord(Value):
    """A case as the store knows it."""

    case: Case  #: with every version of its materials
    findings: tuple[Finding, ...] = ()
    decision: Decision
    decided_by: str = "daemon"  #: or "staff:<name>"
    sender: str  #: address of the first message's sender
    created_at: datetime
    updated_at: datetime
    messages: tuple[str, ...] = ()  #: sha256 of each message that brought something
    history: tuple[Event, ...] = ()
    purged_at: datetime | None = None  #: its personal data were erased then: what is left is for statistics
