"""In charge of taking work back from processes that ended without a word, before their leases run out by themselves."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import col, select

from domain.kinds import OutboxState
from store.engine import Database
from store.tables import LetterRow, MessageRow

LONG_AGO = timedelta(days=1)  #: a claim that old counts as stuck, whatever its reader's patience


class Recovery:
    """What a starting daemon does first."""

    database: Database

    def reclaim(self, is_dead: Callable[[str], bool], now: datetime) -> int:
        """Free what dead owners hold, and return how much. Tries stay counted: they were begun.

        A message is due at once. A letter stays `sending`, for nobody knows whether it went; it is stuck from now on, and
        `stuck_letters` hands it to whoever can look.
        """
        freed = self.reclaim_messages(is_dead, now)
        sending = select(LetterRow).where(LetterRow.state == OutboxState.SENDING)
        with self.database.write() as session:
            for letter in session.exec(sending.order_by(col(LetterRow.id)).with_for_update(skip_locked=True)):
                if letter.owner and is_dead(letter.owner):
                    letter.claimed_at, freed = now - LONG_AGO, freed + 1
        return freed

    def reclaim_messages(self, is_dead: Callable[[str], bool], now: datetime) -> int:
        """Free the messages that dead owners hold, and return how many; what somebody just now writes is left to them."""
        freed = 0
        held = select(MessageRow).where(col(MessageRow.lease_owner).is_not(None))
        with self.database.write() as session:
            for message in session.exec(held.order_by(col(MessageRow.sha256)).with_for_update(skip_locked=True)):
                if message.lease_owner and is_dead(message.lease_owner):
                    message.lease_owner, message.due_at, freed = None, now, freed + 1
        return freed
