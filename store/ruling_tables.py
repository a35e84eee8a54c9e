"""In charge of the tables of what people decide: rulings of staff, which can be taken back, and the codes they rule by mail with."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field

from domain.kinds import Decision
from store.columns import Table, UtcTime, Word, counted_up


class RulingRow(Table, table=True):
    """A decision of staff, with what it replaced."""

    __tablename__ = "rulings"

    id: int | None = counted_up()
    case_number: str = Field(foreign_key="cases.number", index=True)  # the last ruling on a case
    at: datetime = Field(sa_type=UtcTime)
    actor: str  #: "staff:<name>"
    before: Decision = Field(sa_column=Column(Word(Decision), nullable=False))
    before_by: str  #: who had decided before: "daemon", "applicant", "staff:<name>"
    after: Decision = Field(sa_column=Column(Word(Decision), nullable=False))
    letter_key: str | None = None  #: of the letter that tells the applicant
    undone_at: datetime | None = Field(default=None, sa_type=UtcTime)


class CodeRow(Table, table=True):
    """The one-time code printed in one reader's digest."""

    __tablename__ = "codes"

    code: str = Field(primary_key=True)
    recipient_key: str  #: address in lower case
    issued_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)


class CodeUseRow(Table, table=True):
    """A code was used for a case: once."""

    __tablename__ = "code_uses"

    code: str = Field(primary_key=True, foreign_key="codes.code")
    case_number: str = Field(primary_key=True, foreign_key="cases.number")
    message_sha256: str = Field(foreign_key="messages.sha256")
    used_at: datetime = Field(sa_type=UtcTime)
