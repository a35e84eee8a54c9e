"""In charge of which blobs the records name, whatever column or field of a value they stand in.

A value is searched as the text it is stored as: a field added tomorrow that names a picture is found without a word here.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Text, type_coerce
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from domain.kinds import MessageState
from store.archive import Archive
from store.tables import CaseRow, FactsRow, MaterialRow, MessageRow, OutcomeRow, PartRow, ReadingRow

_NAME = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_NOTE = "fetched"  #: source of a message whose raw bytes name the files that staff brought
_ROWS = 200  #: held in memory at a time; a reading may be large


def named(session: Session, archive: Archive) -> set[str]:
    """Return the sha256 of every blob that a record which still holds its data names."""
    files = _named_by_messages(session, archive)
    values: tuple[Any, ...] = (ReadingRow.mail, OutcomeRow.outcome, MaterialRow.material, CaseRow.case)
    for value in values:
        files |= _within(_texts(session, value))
    for name in (PartRow.sha256, MaterialRow.sha256):
        files |= set(session.connection().scalars(select_columns(col(name)).distinct()))
    return files | _within(text for sha256, text in _facts(session) if sha256 in files)


def _named_by_messages(session: Session, archive: Archive) -> set[str]:
    """Return the raw mails, and the files that notes not read yet name."""
    query = select_columns(col(MessageRow.sha256), col(MessageRow.source))
    rows = session.connection().execute(query.where(col(MessageRow.state) != MessageState.PURGED)).all()
    notes = (sha256 for sha256, source in rows if source == _NOTE and archive.has(sha256))
    return {sha256 for sha256, _ in rows} | _within(
        archive.path(sha256).read_text("utf-8", "replace") for sha256 in notes
    )


def _texts(session: Session, column: Any) -> Iterator[str]:
    """Yield a column of values as the text it is stored as."""
    query = select_columns(type_coerce(column, Text)).execution_options(yield_per=_ROWS)
    yield from session.connection().execute(query).scalars()


def _facts(session: Session) -> Iterator[tuple[str, str]]:
    query = select_columns(col(FactsRow.sha256), type_coerce(FactsRow.facts, Text))
    yield from ((row.sha256, row[1]) for row in session.connection().execute(query.execution_options(yield_per=_ROWS)))


def _within(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for name in _NAME.findall(text)}
