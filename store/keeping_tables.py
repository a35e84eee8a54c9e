"""In charge of the table of purges: every erasure of personal data is on record, one that was cut short too."""

from datetime import datetime

from sqlmodel import Field

from store.columns import Table, UtcTime, counted_up


class PurgeRow(Table, table=True):
    """One purge. While it is not finished, and only then, events may lose their details (migration 0003)."""

    __tablename__ = "purges"

    id: int | None = counted_up()
    before: datetime = Field(sa_type=UtcTime)  #: what arrived before is erased
    begun_at: datetime = Field(sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)
    actor: str  #: "staff:<name>"
    messages: int = 0  #: erased
    cases: int = 0
