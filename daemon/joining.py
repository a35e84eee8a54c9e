"""In charge of which cases on record a message is about, and of joining what it brings with them.

Leaves sorting files into drafts to `assembly`, and whether a draft and a case belong together to `merging`.
"""

from daemon import fetch_note, sorting
from daemon.assembly import Draft, assemble
from daemon.merging import Merged, candidates_of, match, merge
from daemon.roles import Placed
from domain.case import Reading
from domain.notice import Notice
from domain.records import CaseRecord
from parsers.subject import read_subject
from store.desk import Store


def joined(placed: tuple[Placed, ...], reading: Reading, store: Store, notice: Notice) -> list[Merged]:
    """Return every case a message brings something for, each case on record taken by at most one of its drafts."""
    tied = tied_cases(reading, store)
    drafts = _drafts(placed, reading, tied, notice)
    free = candidates_of(reading, tied, own_cases(reading, store))
    numbers = {record.case.number for record in tied}
    merged = []
    for draft in drafts:
        is_tied = bool(numbers & {record.case.number for record in free})
        records = [r for r in free if r.case.number in numbers] if is_tied else free
        record = match(draft, records, reading, tied=is_tied) or match(draft, free, reading, tied=False)
        free = [other for other in free if other is not record]
        merged.append(merge(draft, record, reading, notice))
    if reading.mail.fetched:  # its links are opened, whatever they held
        rest = [record for record in tied if not any(each.before is record for each in merged)]
        merged += [merge(Draft(record.case.track), record, reading, notice) for record in rest]
    return merged


def _drafts(placed: tuple[Placed, ...], reading: Reading, tied: list[CaseRecord], notice: Notice) -> list[Draft]:
    """Return the cases a message brings, as they are before anything on record joins them."""
    if reading.mail.fetched:
        fresh = [item for item in placed if not any(fetch_note.is_outdated(item, each, reading) for each in tied)]
        return assemble(fresh, (), notice)
    return assemble(placed, reading.mail.links, notice) or [sorting.empty_draft(reading, notice)]


def tied_cases(reading: Reading, store: Store) -> list[CaseRecord]:
    """Return the cases that a mail names: by receipt number, by answering a letter of ours, by pieces of what they wait for."""
    if fetched := reading.mail.fetched:
        record = _standing(fetched.number, store)
        return [record] if record else []
    answered = store.cases_of_letters((*reading.mail.in_reply_to, *reading.mail.references))
    numbers = dict.fromkeys((*named(reading), *answered, *_of_pieces(reading, store)))
    records = [record for number in numbers if (record := _standing(number, store))]
    return list({record.case.number: record for record in records}.values())


def _of_pieces(reading: Reading, store: Store) -> tuple[str, ...]:
    """Return the cases of the mails that brought other pieces of a mail's archives."""
    mails = dict.fromkeys(sha256 for note in reading.gathered for sha256 in note.messages)
    records = filter(None, map(store.message, mails))
    return tuple(number for record in records for number in record.case_numbers)


def named(reading: Reading) -> tuple[str, ...]:
    """Return the receipt numbers that a mail's own words name."""
    return (*reading.subject.receipts, *read_subject(reading.mail.text[:2000]).receipts)


def own_cases(reading: Reading, store: Store) -> list[CaseRecord]:
    """Return the cases that the sender of a mail opened; those that are part of another now, or purged, are left out."""
    found = store.cases_from(reading.mail.from_.address)
    return [record for record in found if not record.case.merged_into and not record.purged_at]


def _standing(number: str, store: Store) -> CaseRecord | None:
    """Return a case, or the one that it was found to be part of; None when nothing of it is left to join."""
    record = store.case(number)
    seen = {number}
    while record and (into := record.case.merged_into) and into not in seen:
        seen.add(into)
        record = store.case(into)
    return None if record and record.purged_at else record
