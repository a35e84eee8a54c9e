"""In charge of merging and splitting cases on record: rows change their case, versions are counted anew, nothing is lost.

Leaves which files belong together to staff, and judging what comes of it to `daemon`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from domain.case import Case, Verdict
from domain.kinds import Decision, Track
from store.errors import CannotRegroup
from store.history import note
from store.materials import NEWEST_COUNTS, settle
from store.rulings import case_row
from store.saving import DAEMON, put_verdict
from store.tables import CaseMessageRow, CaseRow, MaterialRow
from store.work import message_of


def join(session: Session, number: str, gone: str, actor: str, now: datetime) -> None:
    """Give all that came for `gone` to case `number`; `gone` keeps its number, withdrawn, and points to the other."""
    kept, lost = case_row(session, number), case_row(session, gone)
    taken = Counter((row.message_sha256, row.path, row.role) for row in _rows(session, number))
    for row in _rows(session, gone):
        place = (row.message_sha256, row.path, row.role)
        row.case_number, row.nth = number, taken[place]  # one file may hold a form of either case
        taken[place] += 1
    _link(session, number, _links(session, gone))
    _count_anew(session, number)
    kept.case = kept.case.model_copy(
        update={
            "links": tuple({link.url: link for link in (*lost.case.links, *kept.case.links)}.values()),
            "unopened": tuple(dict.fromkeys((*kept.case.unopened, *lost.case.unopened))),
            "first_received_at": min(kept.case.first_received_at, lost.case.first_received_at),
        }
    )
    kept.received_at, kept.updated_at = min(kept.received_at, lost.received_at), now
    note(session, now, number, "merged", f"{gone} is part of this case", actor=actor)
    note(session, now, gone, "merged", f"part of {number}", actor=actor)
    lost.case = lost.case.model_copy(update={"merged_into": number, "links": (), "sketch": (), "fingerprint": None})
    lost.decision, lost.decided_by, lost.updated_at = Decision.WITHDRAWN, actor, now


def part(
    session: Session, number: str, new: str, track: Track, paths: Collection[str], actor: str, now: datetime
) -> None:
    """Give the files at `paths` of case `number` to a case of their own, `new`; it waits to be judged.

    CannotRegroup when a path names no file of the case, or nothing would be left.
    """
    case_row(session, number).updated_at = now
    rows = _rows(session, number)
    moved = [row for row in rows if row.path in paths]
    if missing := sorted(set(paths) - {row.path for row in moved}):
        raise CannotRegroup(f"case {number} has no file {', '.join(missing)}; see `show {number}`")
    if len(moved) == len(rows):
        raise CannotRegroup(f"nothing would be left of {number}")
    messages = {row.message_sha256 for row in moved}
    _open(session, new, track, min(moved, key=lambda row: row.received_at), now)
    for row in moved:
        row.case_number = new
    _link(session, new, [link for link in _links(session, number) if link.message_sha256 in messages])
    for each in (number, new):
        _count_anew(session, each)
    note(session, now, number, "split", f"{len(moved)} files to {new}", actor=actor)
    note(session, now, new, "split", f"from {number}", actor=actor)


def judged_anew(session: Session, verdict: Verdict, now: datetime) -> None:
    """Put a case's verdict into its row after files changed hands; whoever decided before, the rules speak now."""
    row = case_row(session, verdict.case.number or "")
    row.decided_by = DAEMON
    put_verdict(session, row, verdict, now)


def _open(session: Session, number: str, track: Track, first: MaterialRow, now: datetime) -> None:
    """Open a case for files that came first with a file's mail: its sender is the applicant."""
    sender = message_of(session, first.message_sha256).sender
    session.add(
        CaseRow(
            number=number,
            track=track,
            case=Case(number=number, track=track, first_received_at=first.received_at),
            decision=Decision.MANUAL_REVIEW,
            sender=sender,
            sender_key=sender.lower(),
            received_at=first.received_at,
            created_at=now,
            updated_at=now,
        )
    )
    session.flush()


def _rows(session: Session, number: str) -> Sequence[MaterialRow]:
    query = select(MaterialRow).where(MaterialRow.case_number == number)
    return session.exec(query.order_by(col(MaterialRow.id))).all()


def _links(session: Session, number: str) -> Sequence[CaseMessageRow]:
    return session.exec(select(CaseMessageRow).where(CaseMessageRow.case_number == number)).all()


def _link(session: Session, number: str, links: Iterable[CaseMessageRow]) -> None:
    """Enter the messages of another case for this one too, as of when they came."""
    for link in links:
        if session.get(CaseMessageRow, (number, link.message_sha256)) is None:
            session.add(CaseMessageRow(case_number=number, message_sha256=link.message_sha256, added_at=link.added_at))
    session.flush()


def _count_anew(session: Session, number: str) -> None:
    """Give the versions of each role numbers in the order their mails arrived, and let the newest count."""
    rows = _rows(session, number)
    for role in {row.role for row in rows}:
        held = sorted((row for row in rows if row.role is role), key=lambda row: (row.received_at, row.id or 0))
        order = list(dict.fromkeys(row.message_sha256 for row in held))
        for row in held:
            row.version = 1 + order.index(row.message_sha256)
        if role in NEWEST_COUNTS:
            settle(held)
    session.flush()
