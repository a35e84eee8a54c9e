"""In charge of what a purge takes in: messages and cases that are over and whose last mail is older than the keeping time.

What waits for a worker, a letter or a person stays, and so does all that hangs together with it. Leaves erasing to `purging`.
"""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from domain.kinds import AT_WORK, UNDERWAY, Decision, MessageState
from domain.value import Value
from store.tables import CaseMessageRow, CaseRow, LetterCaseRow, LetterRow, MessageRow


class Scope(Value):
    """What a purge erases, and what it leaves because it is not over."""

    messages: tuple[str, ...]  #: sha256
    cases: tuple[str, ...]  #: numbers
    unfinished: tuple[str, ...]  #: of that age, not decided or its reply not out: sha256
    undecided: tuple[str, ...]  #: of that age, waiting for staff: case numbers

    @property
    def all_over(self) -> bool:
        """Tell whether everything of that age is erased."""
        return not self.unfinished and not self.undecided


def scope(session: Session, before: datetime) -> Scope:
    """Return what is to be erased of what arrived before a moment."""
    states = _states(session, before)
    links = _links(session)
    waiting_for_letter, spoken_of = _letters_on_their_way(session)
    unfinished = {sha256 for sha256, state in states.items() if state in AT_WORK} | (waiting_for_letter & set(states))
    decisions = _decisions(session)
    old = {number for number in decisions if links[number] and links[number] <= set(states)}
    undecided = {number for number in old if decisions[number] is Decision.MANUAL_REVIEW}
    cases = old - undecided - spoken_of
    messages, cases = _closed(set(states) - unfinished, cases, links)
    return Scope(
        messages=tuple(sorted(sha256 for sha256 in messages if states[sha256] is not MessageState.PURGED)),
        cases=tuple(sorted(cases)),
        unfinished=tuple(sorted(unfinished)),
        undecided=tuple(sorted(undecided)),
    )


def _closed(messages: set[str], cases: set[str], links: defaultdict[str, set[str]]) -> tuple[set[str], set[str]]:
    """Take out what hangs together with what stays, until nothing does: a case with a mail that stays, and the other way."""
    while True:
        cases = {number for number in cases if links[number] <= messages}
        held = {sha256 for number, brought in links.items() if number not in cases for sha256 in brought}
        if not messages & held:
            return messages, cases
        messages = messages - held


def _states(session: Session, before: datetime) -> dict[str, MessageState]:
    query = select_columns(col(MessageRow.sha256), col(MessageRow.state)).where(col(MessageRow.received_at) < before)
    return {row.sha256: row.state for row in session.connection().execute(query)}


def _decisions(session: Session) -> dict[str, Decision]:
    """Return the cases that still hold their data."""
    query = select_columns(col(CaseRow.number), col(CaseRow.decision)).where(col(CaseRow.purged_at).is_(None))
    return {row.number: row.decision for row in session.connection().execute(query)}


def _links(session: Session) -> defaultdict[str, set[str]]:
    """Return the messages of each case that still holds its data."""
    query = select_columns(col(CaseMessageRow.case_number), col(CaseMessageRow.message_sha256)).join(CaseRow)
    links: defaultdict[str, set[str]] = defaultdict(set)
    for number, sha256 in session.connection().execute(query.where(col(CaseRow.purged_at).is_(None))):
        links[number].add(sha256)
    return links


def _letters_on_their_way(session: Session) -> tuple[set[str], set[str]]:
    """Return the messages and the cases that a letter not out yet is about."""
    on_its_way = col(LetterRow.state).in_(UNDERWAY)
    answered = select_columns(col(LetterRow.message_sha256)).where(
        on_its_way, col(LetterRow.message_sha256).is_not(None)
    )
    about = select_columns(col(LetterCaseRow.case_number)).join(LetterRow).where(on_its_way)
    connection = session.connection()
    return set(connection.scalars(answered)), set(connection.scalars(about))
