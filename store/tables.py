"""In charge of the tables: what each row means. Every index serves a query named beside it.

Large values (mail, outcome) stand in tables of their own, so that a claim rewrites a small row.
Ledger, cursors and polls stand in `intake_tables`. Leaves moving rows to the modules of each promise, and changes of shape to `store/migrations`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlmodel import Field

from domain.case import Case, Material, Outcome
from domain.facts import FileFacts
from domain.kinds import Decision, MessageKind, MessageState, OutboxState, Role, Severity, Track
from domain.mail import Mail
from store.columns import Json, Table, UtcTime, Word, counted_up


class MessageRow(Table, table=True):
    """One mail, by the sha256 of its raw bytes: what state it is in and what it was found to be."""

    __tablename__ = "messages"
    __table_args__ = (
        Index(
            "ix_messages_due",
            "received_at",
            sqlite_where=Column("due_at").is_not(None),
            postgresql_where=Column("due_at").is_not(None),
        ),
        Index(None, "state", "received_at"),  # messages(state=…)
        Index(None, "sender_key", "received_at"),  # questions, by sender
    )

    sha256: str = Field(sa_column=Column(String(64), primary_key=True))
    account: str
    folder: str
    size: int = Field(sa_type=BigInteger)
    received_at: datetime = Field(sa_type=UtcTime, index=True)  # messages(since=…)
    source: str
    reply: bool  #: whether it may be answered
    incomplete: bool  #: no closing boundary even after fetching again
    state: MessageState = Field(sa_column=Column(Word(MessageState), nullable=False))
    attempts: int = 0  #: counted before the work
    error: str = ""  #: what the last try died of
    lease_owner: str | None = None
    #: From here on it may be taken up: arrival, time of the next try, or end of the lease. None: nothing is left to do.
    due_at: datetime | None = Field(default=None, sa_type=UtcTime)
    message_id: str | None = Field(default=None, index=True)
    sender: str = ""
    sender_key: str = ""  #: sender in lower case: what is compared
    sender_name: str = ""
    subject: str = ""
    kind: MessageKind | None = Field(default=None, sa_column=Column(Word(MessageKind)))
    decision: Decision | None = Field(default=None, sa_column=Column(Word(Decision)))
    reason: str = ""
    duplicate_of: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)


class ReadingRow(Table, table=True):
    """A mail as read."""

    __tablename__ = "readings"

    message_sha256: str = Field(primary_key=True, foreign_key="messages.sha256")
    mail: Mail = Field(sa_column=Column(Json(Mail), nullable=False))


class OutcomeRow(Table, table=True):
    """What became of a message, whole."""

    __tablename__ = "outcomes"

    message_sha256: str = Field(primary_key=True, foreign_key="messages.sha256")
    outcome: Outcome = Field(sa_column=Column(Json(Outcome), nullable=False))


class PartRow(Table, table=True):
    """One file of a mail, at whatever depth, with the role it was found to play."""

    __tablename__ = "parts"

    message_sha256: str = Field(primary_key=True, foreign_key="messages.sha256")
    path: str = Field(primary_key=True)  #: "材料.zip/申报表.docx"
    sha256: str = Field(index=True)
    filename: str
    media_type: str
    size: int = Field(sa_type=BigInteger)
    role: Role | None = Field(default=None, sa_column=Column(Word(Role)))


class FactsRow(Table, table=True):
    """What one file told one version of one parser."""

    __tablename__ = "facts"

    sha256: str = Field(primary_key=True)
    parser: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    facts: FileFacts = Field(sa_column=Column(Json(FileFacts), nullable=False))


class NumberRow(Table, table=True):
    """The last serial given out in a series. Counted inside the transaction that uses it: no gaps."""

    __tablename__ = "numbers"

    year: int = Field(primary_key=True)
    track: Track = Field(sa_column=Column(Word(Track), primary_key=True))
    last: int


class CaseRow(Table, table=True):
    """One entry. `case` holds its fields without materials; those have rows of their own."""

    __tablename__ = "cases"

    number: str = Field(primary_key=True)
    track: Track = Field(sa_column=Column(Word(Track), nullable=False))
    unit: str | None = Field(default=None, index=True)  # cases(unit=…)
    title: str | None = None
    case: Case = Field(sa_column=Column(Json(Case), nullable=False))
    decision: Decision = Field(
        sa_column=Column(Word(Decision), nullable=False, index=True)
    )  # cases(decision=…), counts
    decided_by: str = "daemon"
    sender: str
    sender_key: str = Field(index=True)  # cases_from
    received_at: datetime = Field(sa_type=UtcTime, index=True)  #: its first mail's arrival; counts
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime, index=True)  # cases(since=…)
    purged_at: datetime | None = Field(default=None, sa_type=UtcTime)  #: its personal data were erased then


class CaseMessageRow(Table, table=True):
    """A message brought something for a case."""

    __tablename__ = "case_messages"

    case_number: str = Field(primary_key=True, foreign_key="cases.number")
    message_sha256: str = Field(primary_key=True, foreign_key="messages.sha256", index=True)
    added_at: datetime = Field(sa_type=UtcTime)


class MaterialRow(Table, table=True):
    """One file in its role in a case, as one message brought it. Older ones are kept, `superseded`."""

    __tablename__ = "materials"
    __table_args__ = (UniqueConstraint("case_number", "message_sha256", "path", "role", "nth"),)

    id: int | None = counted_up()
    case_number: str = Field(foreign_key="cases.number", index=True)
    message_sha256: str = Field(foreign_key="messages.sha256", index=True)
    path: str
    role: Role = Field(sa_column=Column(Word(Role), nullable=False))
    nth: int  #: from 0, where one file holds several forms of the case
    sha256: str = Field(index=True)  # cases_holding
    received_at: datetime = Field(sa_type=UtcTime)
    version: int  #: 1 for the first message that brought this role, 2 for the next …
    superseded: bool  #: this column and `version` count, not what stands in `material`
    material: Material = Field(sa_column=Column(Json(Material), nullable=False))


class FindingRow(Table, table=True):
    """One thing found about a case as it stands, or about a message as a whole."""

    __tablename__ = "findings"
    __table_args__ = (CheckConstraint("(case_number IS NULL) <> (message_sha256 IS NULL)", name="one_owner"),)

    id: int | None = counted_up()
    case_number: str | None = Field(default=None, foreign_key="cases.number", index=True)
    message_sha256: str | None = Field(default=None, foreign_key="messages.sha256", index=True)
    code: str = Field(index=True)  # counts
    severity: Severity = Field(sa_column=Column(Word(Severity), nullable=False))
    evidence: dict[str, Any] = Field(sa_column=Column(Json(dict[str, Any]), nullable=False))


class LetterRow(Table, table=True):
    """An outgoing mail, whole before it is queued."""

    __tablename__ = "letters"
    __table_args__ = (
        Index(None, "state", "account", "next_at"),  # claim_letter
        Index(None, "sent_at", "account"),  # sent_since
        Index(None, "kind", "created_at"),  # questions_answered
        Index(None, "recipient_key", "sent_at"),  # sent_since(recipient)
    )

    id: int | None = counted_up()
    message_id: str = Field(unique=True)
    kind: str
    key: str = Field(unique=True)
    account: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    recipient: str
    recipient_key: str  #: in lower case: what is compared
    subject: str
    text: str = Field(sa_type=Text)
    html: str = Field(sa_type=Text)
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    message_sha256: str | None = Field(default=None, foreign_key="messages.sha256", index=True)
    state: OutboxState = Field(sa_column=Column(Word(OutboxState), nullable=False))
    attempts: int = 0  #: counted before dialling
    owner: str | None = None
    claimed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    next_at: datetime = Field(sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime, index=True)  # letters(since=…)
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)
    error: str = ""
    proof: str = ""
    bounced: str = ""


class LetterCaseRow(Table, table=True):
    """A letter speaks of a case."""

    __tablename__ = "letter_cases"

    letter_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="letters.id")
    case_number: str = Field(primary_key=True, foreign_key="cases.number", index=True)
    position: int


class EventRow(Table, table=True):
    """The append-only history. Triggers refuse change and removal (first migration)."""

    __tablename__ = "events"
    __table_args__ = (Index(None, "subject", "id"),)  # history

    id: int | None = counted_up()
    at: datetime = Field(sa_type=UtcTime, index=True)
    actor: str
    subject: str
    event: str
    detail: str = ""
