"""In charge of the tables that `ingest` fills: where mail stood, how far folders were taken in, every look into a mailbox."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from store.columns import Table, UtcTime, counted_up


class LedgerRow(Table, table=True):
    """Where a mail stood on a server: never fetched twice. Identity is `sha256`, not this key."""

    __tablename__ = "ledger"
    __table_args__ = (UniqueConstraint("account", "folder", "uidvalidity", "uid"),)  # also serves known_uids

    id: int | None = counted_up()
    account: str
    folder: str  #: decoded name
    uidvalidity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    sha256: str = Field(foreign_key="messages.sha256", index=True)
    size: int = Field(sa_type=BigInteger)  #: bytes
    received_at: datetime = Field(sa_type=UtcTime)  #: INTERNALDATE here
    source: str  #: imap, folder, import
    incomplete: bool
    recorded_at: datetime = Field(sa_type=UtcTime)


class CursorRow(Table, table=True):
    """How far a folder has been taken in without holes."""

    __tablename__ = "cursors"

    account: str = Field(primary_key=True)
    folder: str = Field(primary_key=True)
    uidvalidity: int = Field(sa_type=BigInteger)
    uidnext: int = Field(sa_type=BigInteger)
    highest: int = Field(sa_type=BigInteger)


class PollRow(Table, table=True):
    """One look into a mailbox."""

    __tablename__ = "polls"
    __table_args__ = (Index(None, "account", "id"),)  # last_poll

    id: int | None = counted_up()
    account: str
    started_at: datetime = Field(sa_type=UtcTime)
    finished_at: datetime = Field(sa_type=UtcTime)
    ok: bool
    error: str
    seen: int  #: mails on the server that were looked at
    new: int  #: of them, taken in now
