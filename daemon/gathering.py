"""In charge of archives whose pieces came in several mails: put together at the mail that completes them (decision 0007).

Stands between reading, which knows one mail only, and concluding, which is done in order of arrival. The mail that
completes an archive goes on as if it had brought the whole; the others say which pieces have come.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from daemon.desk import Desk
from daemon.reading import facts_of, loop_guard
from domain.case import Gathered, Reading
from domain.facts import FileFacts
from domain.kinds import Cut, MessageState
from domain.mail import ArchiveProblem, Mail, Part, Volume
from parsers.archives.volumes import set_of, total_of
from parsers.fetched import Loose, Opened, open_files
from parsers.message.passwords import passwords_in

_UNFIT = ("volume", "corrupt", "unsupported")  #: problems of pieces that are of different archives, for all we know
_MOST_MAILS = 200  #: of one sender that are looked through, the newest

Set = tuple[str, Cut]


@dataclass(frozen=True)
class _Found:
    """A piece of an archive that was not whole in its mail."""

    volume: Volume
    part: Part
    mail: Mail


def gathered(reading: Reading, desk: Desk) -> Reading:
    """Return a message with the archives that it completes together with earlier mails of its sender.

    Where pieces are missing still, its problems say which have come. Raises ReadFailed like reading the mail itself.
    """
    if reading.mail.fetched or not any(_found(reading.mail)) or loop_guard(reading.mail, desk):
        return reading
    for own in _by_set(_found(reading.mail)).values():
        others = _earlier(own, reading, desk)
        if others:
            reading = _with_others(reading, own, others, desk)
    return reading


def _with_others(reading: Reading, own: Sequence[_Found], others: Sequence[_Found], desk: Desk) -> Reading:
    """Return the message with what comes of its pieces and those of earlier mails, of which the newest count."""
    pieces = {found.volume.number: found for found in (*reversed(others), *own)}
    in_order = [pieces[number] for number in sorted(pieces)]
    used = dict.fromkeys(found.mail.sha256 for found in in_order if found.mail.sha256 != reading.mail.sha256)
    volume = own[0].volume
    with desk.store.archive.scratch() as out:
        opened = _opened(in_order, reading.mail, desk, out)
        note = Gathered(whole=volume.whole, cut=volume.cut, messages=tuple(used), opened=opened is not None)
        reading = reading.model_copy(update={"gathered": (*reading.gathered, note)})
        if opened is None:
            return _still_waiting(reading, own, in_order)
        return _completed(reading, own, opened, _facts(opened, in_order, desk, out))


def _opened(in_order: Sequence[_Found], mail: Mail, desk: Desk, out: Path) -> Opened | None:
    """Return what the pieces hold together; None where they are no whole archive. Contents go to the archive."""
    limits, passwords = desk.limits, passwords_in(_said(in_order))
    taken = {part.path for part in mail.parts}
    with ExitStack() as stack:
        loose = [_loose(found.part, stack.enter_context(_lent(found, desk))) for found in in_order]
        opened: Opened = desk.sandbox.run(open_files, loose, out, limits, passwords, taken, seconds=limits.mail_seconds)
    parts = opened.parts[len(loose) :]
    if not parts or any(problem.problem in _UNFIT for problem in opened.problems):
        return None  # nobody is told that his file is broken
    desk.store.archive.add_all(out / part.sha256 for part in parts)
    return Opened(parts=parts, problems=opened.problems)


def _facts(opened: Opened, in_order: Sequence[_Found], desk: Desk, out: Path) -> dict[str, FileFacts]:
    """Return the facts of an archive's files; a password may stand in any of the mails."""
    pictures = out / "pictures"
    pictures.mkdir(mode=0o700)
    return facts_of(in_order[0].mail.model_copy(update={"text": _said(in_order)}), opened.parts, desk, pictures)


def _said(pieces: Iterable[_Found]) -> str:
    """Return the words of all mails that brought pieces."""
    return "\n".join(dict.fromkeys(found.mail.text for found in pieces))


def _completed(reading: Reading, own: Sequence[_Found], opened: Opened, facts: dict[str, FileFacts]) -> Reading:
    """Return the message as if it had brought the whole archive."""
    pieces = {found.part.path for found in own}
    rest = (problem for problem in reading.mail.archive_problems if problem.path not in pieces)
    mail = reading.mail.model_copy(
        update={"parts": (*reading.mail.parts, *opened.parts), "archive_problems": (*rest, *opened.problems)}
    )
    return reading.model_copy(update={"mail": mail, "facts": {**facts, **reading.facts}})


def _still_waiting(reading: Reading, own: Sequence[_Found], in_order: Sequence[_Found]) -> Reading:
    """Return the message with its pieces saying which others have come, and how many there are."""
    came = tuple(found.volume.number for found in in_order if found.mail.sha256 != reading.mail.sha256)
    told = {"earlier": came, "total": total_of(found.volume for found in in_order)}
    pieces = {found.part.path for found in own}

    def with_others(problem: ArchiveProblem) -> ArchiveProblem:
        if problem.volume is None or problem.path not in pieces:
            return problem
        return problem.model_copy(update={"volume": problem.volume.model_copy(update=told)})

    problems = tuple(map(with_others, reading.mail.archive_problems))
    return reading.model_copy(update={"mail": reading.mail.model_copy(update={"archive_problems": problems})})


def _earlier(own: Sequence[_Found], reading: Reading, desk: Desk) -> list[_Found]:
    """Return the pieces of an archive that mails concluded before brought, newest mail first.

    Those that made an archive whole are left out: a next one of the same name is another, unless one of them comes again.
    """
    sender, wanted = reading.mail.from_.address, set_of(own[0].volume)
    if not sender:
        return []
    records = desk.store.messages(state=MessageState.DECIDED, sender=sender, since=desk.notice.opens)[-_MOST_MAILS:]
    mails = [mail for record in reversed(records) if (mail := desk.store.mail(record.sha256))]
    pieces = [found for mail in mails if mail.sha256 != reading.mail.sha256 for found in _found(mail)]
    pieces = [found for found in pieces if set_of(found.volume) == wanted]
    spent = {sha256 for found in pieces for sha256 in _spent(found.mail.sha256, wanted, desk)}
    mine = {found.part.sha256 for found in own}
    if any(found.part.sha256 in mine for found in pieces if found.mail.sha256 in spent):
        return pieces
    return [found for found in pieces if found.mail.sha256 not in spent]


def _spent(sha256: str, wanted: Set, desk: Desk) -> Iterator[str]:
    """Yield the mails whose pieces made an archive whole at this one: a next set of the same name is another."""
    outcome = desk.store.outcome(sha256)
    for note in outcome.reading.gathered if outcome else ():
        if note.opened and set_of(Volume(whole=note.whole, cut=note.cut, number=1)) == wanted:
            yield from (sha256, *note.messages)


def _found(mail: Mail) -> Iterator[_Found]:
    """Yield the pieces that a mail brought of archives not whole in it."""
    parts = {part.path: part for part in mail.parts}
    for problem in mail.archive_problems:
        if problem.volume and (part := parts.get(problem.path)):
            yield _Found(problem.volume, part, mail)


def _by_set(pieces: Iterable[_Found]) -> dict[Set, list[_Found]]:
    sets: dict[Set, list[_Found]] = {}
    for found in pieces:
        sets.setdefault(set_of(found.volume), []).append(found)
    return sets


def _lent(found: _Found, desk: Desk) -> AbstractContextManager[Path]:
    return desk.sandbox.lent(desk.store.archive.path(found.part.sha256))


def _loose(part: Part, path: Path) -> Loose:
    return Loose(path=path, name=part.original_name, sha256=part.sha256, size=part.size)
