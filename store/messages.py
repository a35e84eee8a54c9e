"""In charge of finding messages and what became of them. Leaves working on them to `work`, writing outcomes to `saving`."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from domain.case import Outcome
from domain.kinds import MessageKind, MessageState
from domain.records import MessageRecord
from store.batches import batches, gathered
from store.cases import to_finding
from store.engine import Database
from store.errors import Ambiguous
from store.tables import CaseMessageRow, FindingRow, MessageRow, OutcomeRow

_HEX = re.compile(r"[0-9a-f]{1,64}")
_COPIED = set(MessageRecord.model_fields) - {"findings", "case_numbers"}


class Messages:
    """Asking about messages."""

    database: Database

    def message(self, id_or_prefix: str) -> MessageRecord | None:
        """Return a message by the beginning of its sha256, or by its Message-ID; Ambiguous when several fit."""
        found = self._by_prefix(id_or_prefix.lower()) if _HEX.fullmatch(id_or_prefix.lower()) else ()
        found = found or self.message_by_message_id(id_or_prefix)
        if len(found) > 1:
            raise Ambiguous(f"{id_or_prefix} fits several messages: give more of the sha256")
        return found[0] if found else None

    def messages(
        self,
        *,
        state: MessageState | None = None,
        kind: MessageKind | None = None,
        sender: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> tuple[MessageRecord, ...]:
        """Return messages in the order they arrived, `since` ≤ arrival < `until`. `sender`: address, case aside."""
        query = select(MessageRow)
        if state is not None:
            query = query.where(MessageRow.state == state)
        if kind is not None:
            query = query.where(MessageRow.kind == kind)
        if sender is not None:
            query = query.where(MessageRow.sender_key == sender.lower())
        if since is not None:
            query = query.where(MessageRow.received_at >= since)
        if until is not None:
            query = query.where(MessageRow.received_at < until)
        return self._messages(query)

    def message_by_message_id(self, mid: str) -> tuple[MessageRecord, ...]:
        """Return the messages with a Message-ID, brackets or not: people and programs reuse them."""
        return self._messages(select(MessageRow).where(col(MessageRow.message_id).in_([mid, f"<{mid}>"])))

    def outcome(self, sha256: str) -> Outcome | None:
        """Return what became of a message, whole, or None where nothing has yet."""
        with self.database.read() as session:
            row = session.get(OutcomeRow, sha256)
            return row.outcome if row else None

    def _by_prefix(self, prefix: str) -> tuple[MessageRecord, ...]:
        """Return the first two that fit: one more than the caller wants."""
        sha256 = col(MessageRow.sha256)  # "g" sorts after every hex digit: a range, which an index serves
        return self._messages(select(MessageRow).where(sha256 >= prefix, sha256 < prefix + "g").limit(2))

    def _messages(self, query: SelectOfScalar[MessageRow]) -> tuple[MessageRecord, ...]:
        with self.database.read() as session:
            in_order = query.order_by(col(MessageRow.received_at), col(MessageRow.sha256))
            rows = session.exec(in_order).all()
            return tuple(record for batch in batches(rows) for record in _whole(session, batch))


def _whole(session: Session, rows: Sequence[MessageRow]) -> Iterator[MessageRecord]:
    keys = [row.sha256 for row in rows]
    findings = _findings(session, keys)
    cases = _cases(session, keys)
    for row in rows:
        yield MessageRecord(
            **row.model_dump(include=_COPIED),
            findings=tuple(
                to_finding(finding) for finding in findings[row.sha256] if row.state is not MessageState.PURGED
            ),
            case_numbers=tuple(case.case_number for case in cases[row.sha256]),
        )


def _findings(session: Session, keys: list[str]) -> dict[str, list[FindingRow]]:
    query = select(FindingRow).where(col(FindingRow.message_sha256).in_(keys)).order_by(col(FindingRow.id))
    return gathered(session.exec(query), lambda row: row.message_sha256)


def _cases(session: Session, keys: list[str]) -> dict[str, list[CaseMessageRow]]:
    query = select(CaseMessageRow).where(col(CaseMessageRow.message_sha256).in_(keys))
    return gathered(session.exec(query.order_by(col(CaseMessageRow.case_number))), lambda row: row.message_sha256)
