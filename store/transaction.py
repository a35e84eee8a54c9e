"""In charge of what is written together: an outcome with its cases and its reply, a staff decision with its letter.

Everything done with one Transaction is committed at once, or leaves nothing: no number used up, no letter, no case.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session, select

from domain.case import Finding, Outcome, Verdict
from domain.kinds import TERMINAL, Decision, MessageState, Track
from domain.records import CaseRecord, Letter
from store.cases import records
from store.errors import LeaseLost
from store.history import note
from store.letters import add_letter, cases_of, tell
from store.regrouping import join, judged_anew, part
from store.replays import save_replayed
from store.rulings import Code, Undone, issue_code, rule, undo, use_code
from store.saving import save_outcome
from store.tables import CaseRow, LetterRow
from store.work import message_of

_NEXT_NUMBER = text(
    "INSERT INTO numbers (year, track, last) VALUES (:year, :track, 1) "
    "ON CONFLICT (year, track) DO UPDATE SET last = numbers.last + 1 RETURNING last"
)  # one statement, so that two processes wait for each other on PostgreSQL too


class Transaction:
    """Made by `Store.begin`; of no use after it ends."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def next_number(self, year: int, track: Track) -> str:
        """Return the next case number of a year and track, 2023-W-0001; without gaps, whoever else counts."""
        last = self._session.connection().execute(_NEXT_NUMBER, {"year": year, "track": track.value}).scalar_one()
        return f"{year}-{track.letter}-{last:04d}"

    def case(self, number: str) -> CaseRecord | None:
        """Return a case as this transaction sees it."""
        return next(iter(records(self._session, select(CaseRow).where(CaseRow.number == number))), None)

    def save_outcome(self, outcome: Outcome, arrival_sha256: str | None = None, sender: str | None = None) -> None:
        """Record what became of a message: by default the one the outcome was read from, sent by its From address.

        ValueError when a case has no number, LookupError when the message is not in the ledger.
        """
        mail = outcome.reading.mail
        whose = mail.from_.address if sender is None else sender
        save_outcome(self._session, outcome, arrival_sha256 or mail.sha256, whose, self._now)

    def save_replayed(self, before: CaseRecord, verdict: Verdict, detail: str) -> bool:
        """Put a new verdict in the place of a case's old one; what staff decided stands.

        False when the case has changed since `before` was read: then nothing is written.
        """
        return save_replayed(self._session, before, verdict, detail, self._now)

    def enqueue(self, letter: Letter, not_before: datetime | None = None, held_reason: str = "") -> bool:
        """Put a letter into the outbox, held where there is a reason; False when one with its key is there already."""
        return add_letter(self._session, letter, self._now, not_before or self._now, held_reason)

    def finish(self, sha256: str, owner: str | None = None) -> None:
        """Mark a message decided and free its lease.

        LeaseLost when someone else has decided it meanwhile or, with `owner`, when the lease went to another: let it rise,
        so that one message keeps one outcome.
        """
        row = message_of(self._session, sha256)
        if row.state in TERMINAL or (owner is not None and row.lease_owner != owner):
            raise LeaseLost(f"message {sha256[:12]} was taken up by another worker")
        row.state, row.lease_owner, row.due_at, row.error = MessageState.DECIDED, None, None, ""
        row.decided_at = self._now

    def event(self, subject: str, event: str, detail: str = "", *, actor: str = "daemon") -> None:
        """Add a line to the history of a case number or a message's sha256."""
        note(self._session, self._now, subject, event, detail, actor=actor)

    def decide_case(
        self,
        number: str,
        decision: Decision,
        actor: str,
        note_text: str = "",
        *,
        letter_key: str | None = None,
        findings: tuple[Finding, ...] = (),
    ) -> None:
        """Record a person's decision; it stands until a further mail brings something. UnknownCase for a wrong number.

        `letter_key` is the letter's that tells of it, `findings` are evidence to be added to the case's.
        """
        at = self._session, number, decision, actor, self._now
        rule(*at, reason=note_text, letter_key=letter_key, findings=findings)

    def undo_decision(self, number: str, actor: str) -> Undone:
        """Take the last decision of staff back, and its letter. CannotUndo where somebody was told of it already."""
        return undo(self._session, number, actor, self._now)

    def join_cases(self, number: str, gone: str, actor: str) -> None:
        """Give all that came for case `gone` to case `number`; `gone` is withdrawn and points to it."""
        join(self._session, number, gone, actor, self._now)

    def part_case(self, number: str, new: str, track: Track, paths: Collection[str], actor: str) -> None:
        """Give files of a case to a new one. CannotRegroup when there are no such files, or all of them are meant."""
        part(self._session, number, new, track, paths, actor, self._now)

    def judged_anew(self, verdict: Verdict) -> None:
        """Record a verdict on a case whose files changed hands."""
        judged_anew(self._session, verdict, self._now)

    def issue_code(self, code: Code) -> None:
        """Keep the code of a digest."""
        issue_code(self._session, code)

    def use_code(self, code: str, number: str, message_sha256: str) -> bool:
        """Use a code for a case; False when it was used for that case before."""
        return use_code(self._session, code, number, message_sha256, self._now)

    def mark_bounced(self, message_id: str, diagnostic: str) -> tuple[str, ...]:
        """Tie a bounce to the letter of ours that it answers; return the numbers of the cases the letter spoke of."""
        query = select(LetterRow).where(LetterRow.message_id == message_id).with_for_update()
        row = self._session.exec(query).first()
        if row is None:
            return ()
        row.bounced = diagnostic or "bounced"
        tell(self._session, row, self._now, "bounced", row.bounced)
        return cases_of(self._session, row)
