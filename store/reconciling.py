"""In charge of following mail from the ledger to its answer in figures. Leaves proving that rows and blobs agree to `verify`."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from domain.kinds import AT_WORK, MessageKind, MessageState
from domain.value import Value
from store.engine import Database
from store.intake_tables import LedgerRow
from store.tables import LetterRow, MessageRow, OutcomeRow

ANSWERED = (MessageKind.SUBMISSION, MessageKind.SUPPLEMENT, MessageKind.CORRECTION)  #: kinds that always get a reply


class Reckoning(Value):
    """How many of each, from one state of the database."""

    ledger: int  #: places in the mailbox that mail was taken from
    elsewhere: int  #: imports and files from behind links
    messages: int  #: of all these, each once
    outcomes: int
    open: int  #: neither decided nor quarantined
    quarantined: int
    purged: int = 0  #: personal data erased; what became of them is not told any more
    owed: int  #: messages that a reply is owed for
    unanswered: tuple[str, ...]  #: of them, those no letter was written for: sha256


class Reckonings:
    """Adding up."""

    database: Database

    def reckoning(self, accounts: Collection[str]) -> Reckoning:
        """Return the figures; `accounts` are whose places in the ledger are counted."""
        with self.database.read() as session:
            decided = col(MessageRow.state) == MessageState.DECIDED
            owed = (decided, col(MessageRow.kind).in_(ANSWERED), col(MessageRow.reply).is_(True))
            answers = col(LetterRow.message_sha256)
            answered = select_columns(answers).where(answers.is_not(None))
            without = select_columns(col(MessageRow.sha256)).where(*owed, col(MessageRow.sha256).not_in(answered))
            return Reckoning(
                ledger=_count(session, col(LedgerRow.id), col(LedgerRow.account).in_(accounts)),
                elsewhere=_count(session, col(LedgerRow.id), col(LedgerRow.account).not_in(accounts)),
                messages=_count(session, col(MessageRow.sha256)),
                outcomes=_count(session, col(OutcomeRow.message_sha256)),
                open=_count(session, col(MessageRow.sha256), col(MessageRow.state).in_(AT_WORK)),
                quarantined=_count(session, col(MessageRow.sha256), col(MessageRow.state) == MessageState.QUARANTINED),
                purged=_count(session, col(MessageRow.sha256), col(MessageRow.state) == MessageState.PURGED),
                owed=_count(session, col(MessageRow.sha256), *owed),
                unanswered=tuple(session.connection().scalars(without.order_by(col(MessageRow.received_at)))),
            )


def _count(session: Session, column: Any, *where: ColumnElement[bool]) -> int:
    query = select_columns(func.count(column)).where(*where)
    return int(session.connection().execute(query).scalar_one())
