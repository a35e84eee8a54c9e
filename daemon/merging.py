"""In charge of a draft becoming a case: its fields filled, its materials joined with those the case on record holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from daemon.assembly import Draft, may_hold_documents
from daemon.roles import Placed
from domain.case import Case, Material, Reading
from domain.facts import FormFields
from domain.kinds import Role, Track
from domain.mail import Link, Mail, SubjectFacts
from domain.notice import Notice
from domain.phone import normalize_phones, same_phone
from domain.records import CaseRecord
from domain.sketch import sketch
from domain.text import fold, one_line
from domain.units import roster_unit, same_unit
from validators.likeness import overlap

_NEWEST_COUNTS = (Role.WORD_FORM, Role.PDF_FORM, Role.IMAGE_FORM, Role.VIDEO, Role.TEXT_WORK)
_FORMS = (Role.WORD_FORM, Role.PDF_FORM)
_TOLD = ("title", "unit", "contact", "phone", "email", "address", "category", "highlights", "content")


@dataclass(frozen=True)
class Merged:
    """A case as it stands after this mail."""

    case: Case
    before: CaseRecord | None  #: as it stood on record
    replaced: bool = False  #: a form it held was replaced by a newer one


def candidates_of(reading: Reading, tied: Iterable[CaseRecord], own: Iterable[CaseRecord]) -> list[CaseRecord]:
    """Return the cases on record that a mail may be about. A number alone, quoted by a stranger, ties nothing."""
    known = [record for record in tied if has_a_say(reading, record)]
    numbers = {record.case.number for record in known}
    return known + [record for record in own if record.case.number not in numbers]


def merge(draft: Draft, record: CaseRecord | None, reading: Reading, notice: Notice) -> Merged:
    """Return the case of a draft, joined with the one on record where there is one."""
    new = [_material(item, reading) for item in draft.placed]
    held = record.case.materials if record else ()
    materials = _joined(held, new)
    first = record.case.first_received_at if record else reading.received_at
    before = record.case if record else None
    links = _links(before.links if before else (), draft.links, reading.mail)
    case = Case(
        number=before.number if before else None,
        track=before.track if before and not draft.form else notice.track(_track(draft, reading)),
        materials=materials,
        links=links,
        first_received_at=first,
        unopened=_unopened(reading.mail, draft.links if reading.mail.fetched is None else links),
    )
    case = _filled(case, before, reading.subject, notice)
    return Merged(case, record, replaced=_replaces(held, new))


def match(draft: Draft, records: Sequence[CaseRecord], reading: Reading, *, tied: bool) -> CaseRecord | None:
    """Return the case on record that a draft belongs to, or None: then it is a new one.

    A form says by its title which case it is of. A file without a form goes to the case that lacks it; without a tie by
    number or reference, only where sender and unit or title agree.
    """
    if draft.form and draft.title:
        alike = [r for r in records if _same_title(draft, r) and (tied or not _of_another_unit(draft, r.case))]
        if alike:
            return alike[0]
        if len(records) == 1 and tied and _replaces_title(draft, records[0]):
            return records[0]
        return next(
            (record for record in records if _came_bare(record.case) and _same_unit(draft, reading, record)), None
        )
    fitting = [record for record in records if tied or _agrees(reading.subject, record.case)]
    lacking = [record for record in fitting if _lacks(record.case, draft)]
    named = [record for record in fitting if _named(draft, record.case)]
    return next(iter(named or lacking or fitting), None)


def refilled(case: Case, notice: Notice) -> Case:
    """Return a case with its fields as its forms, read anew, tell them; what they do not tell stays."""
    return _filled(case, case, SubjectFacts(), notice)


def filled_anew(case: Case, subject: SubjectFacts, notice: Notice) -> Case:
    """Return a case with its fields as its own forms tell them, else the subject: what stood there before is forgotten."""
    return _filled(case.model_copy(update=dict.fromkeys(_TOLD)), None, subject, notice)


def differences(before: Case, after: Case) -> dict[str, tuple[str | None, str | None]]:
    """Return the fields that a supplement changed: field → (before, after)."""
    pairs = {field: (getattr(before, field), getattr(after, field)) for field in _TOLD}
    return {field: pair for field, pair in pairs.items() if fold(pair[0] or "") != fold(pair[1] or "")}


def _links(held: Sequence[Link], new: Sequence[Link], mail: Mail) -> tuple[Link, ...]:
    """Return every link once. One that was opened stays so, though a later mail quotes it again."""
    opened = {link.url for link in held if link.fetched} | set(mail.fetched.urls if mail.fetched else ())
    known = {link.url: link for link in (*held, *new)}
    return tuple(link.model_copy(update={"fetched": link.url in opened}) for link in known.values())


def _material(item: Placed, reading: Reading) -> Material:
    return Material(
        role=item.role,
        part=item.part,
        facts=item.facts,
        form=item.form,
        received_at=reading.received_at,
        message_sha256=reading.mail.sha256,
    )


def _joined(held: Sequence[Material], new: Sequence[Material]) -> tuple[Material, ...]:
    """Return all versions; where a role has one newest that counts, what was held before is marked superseded."""
    active = {(m.role, m.part.sha256, m.form) for m in held if not m.superseded}
    fresh = [m for m in new if (m.role, m.part.sha256, m.form) not in active]
    brought = {m.role for m in fresh if m.role in _NEWEST_COUNTS}
    old = [m.model_copy(update={"superseded": True}) if m.role in brought else m for m in held]
    versions = {role: max((m.version for m in held if m.role is role), default=0) + 1 for role in Role}
    return (*old, *(m.model_copy(update={"version": versions[m.role]}) for m in fresh))


def _replaces(held: Sequence[Material], new: Sequence[Material]) -> bool:
    for role in _FORMS:
        ours = {m.part.sha256 for m in held if m.role is role and not m.superseded}
        theirs = {m.part.sha256 for m in new if m.role is role}
        if ours and theirs - ours:
            return True
    return False


def _track(draft: Draft, reading: Reading) -> Track:
    """Return a draft's track; where all of it lies behind a link, what the mail says of it."""
    said = f"{reading.mail.subject}\n{reading.mail.text[:1000]}"
    if draft.links and not draft.placed and "视频" in said and "文字" not in said:
        return Track.VIDEO
    return draft.track


def _filled(case: Case, before: Case | None, subject: SubjectFacts, notice: Notice) -> Case:
    """Return the case with its fields: the form's, else what the subject tells, else what stood before."""
    form = case.form or FormFields()
    old = before or case
    unit = _unit(case, form, subject, old)
    contact = form.contact or old.contact or subject.contact or subject.participant
    title = form.title or old.title or subject.work_title or _title_of_work(case)
    fields = {
        "title": one_line(title) if title else None,
        "unit": unit,
        "contact": one_line(contact) if contact else None,
        "phone": normalize_phones(form.phone) or form.phone or old.phone or subject.phone,
        "email": form.email or old.email,
        "address": form.address or old.address,
        "category": form.category or old.category,
        "highlights": form.highlights or old.highlights,
        "content": form.content or old.content,
        "commitment": form.commitment if form.commitment is not None else old.commitment,
        "recommended": _recommended(form, subject, notice) if before is None else old.recommended,
    }
    filled = case.model_copy(update=fields)
    seen = filled.video.fingerprint if filled.video else None
    return filled.model_copy(update={"sketch": sketch(_work_text(filled)), "fingerprint": seen})


def _unit(case: Case, form: FormFields, subject: SubjectFacts, old: Case) -> str | None:
    unit = form.unit or old.unit or subject.unit or (case.seal.text if case.seal else None)
    return one_line(unit) if unit else None


def _title_of_work(case: Case) -> str | None:
    work = case.newest(Role.TEXT_WORK) or case.newest(Role.VIDEO)
    return work.part.filename.rpartition(".")[0] if work else None


def _work_text(case: Case) -> str:
    article = case.text_work
    return article.facts.text if article and article.facts.text else (case.content or "")


def _recommended(form: FormFields, subject: SubjectFacts, notice: Notice) -> bool | None:
    """Return whether a unit of the roster sent in another unit's case (推荐), or the unit its own (自荐); None: not told."""
    if subject.convention == "work":
        return False
    if not subject.unit or not form.unit:
        return None
    return bool(roster_unit(subject.unit, notice)) and not same_unit(subject.unit, form.unit)


def _unopened(mail: Mail, links: Iterable[Link]) -> tuple[str, ...]:
    """Return what may hold the materials that seem missing: sealed archives, and links to documents or to nobody knows what."""
    sealed = ("encrypted", "unsupported", "volume", "corrupt", "bomb", "too_many")
    archives = [problem.path for problem in mail.archive_problems if problem.problem in sealed]
    return (*archives, *(link.url for link in links if may_hold_documents(link) and not link.fetched))


def has_a_say(reading: Reading, record: CaseRecord) -> bool:
    """Tell whether a mail that quotes a receipt can be of that case's people: same sender, unit or phone."""
    mail, subject, case = reading.mail, reading.subject, record.case
    if mail.fetched:
        return mail.fetched.number == case.number
    addresses = {mail.from_.address.lower(), (mail.reply_to.address if mail.reply_to else "").lower()} - {""}
    if addresses & {record.sender.lower(), (case.email or "").lower()}:
        return True
    forms = [form for facts in reading.facts.values() for form in facts.forms]
    units = [name for name in (subject.unit, *(form.unit for form in forms)) if name]
    phones = [phone for phone in (subject.phone, *(form.phone for form in forms)) if phone]
    if any(case.unit and same_unit(name, case.unit) for name in units):
        return True
    return any(same_phone(phone, case.phone) for phone in phones)


def _same_title(draft: Draft, record: CaseRecord) -> bool:
    title = fold(record.case.title or "")
    return draft.track is record.case.track and bool(title) and fuzz.ratio(title, draft.title) >= 85


def _of_another_unit(draft: Draft, case: Case) -> bool:
    """Tell whether an office sends a like title for another unit, which is another case."""
    name = draft.form.unit if draft.form else None
    by_ocr = any(item.facts.source == "ocr" for item in draft.placed if item.form is draft.form)
    return bool(name and case.unit and not same_unit(name, case.unit, threshold=60.0 if by_ocr else 88.0))


def _replaces_title(draft: Draft, record: CaseRecord) -> bool:
    """Tell whether an answer to our letter may mend the title too: same track, and people or text agree.

    A case that came without a form has its track only by guess.
    """
    form, case = draft.form, record.case
    if not form or (case.form and draft.track is not case.track):
        return False
    return (overlap(case.content, form.content) or 0.0) >= 0.5 or not case.title or not case.word


def _came_bare(case: Case) -> bool:
    """Tell a case of which nothing could be read so far: the files were forgotten, or locked away."""
    return not case.title and not case.readable and not case.video and not case.text_work


def _same_unit(draft: Draft, reading: Reading, record: CaseRecord) -> bool:
    name = (draft.form.unit if draft.form else None) or reading.subject.unit
    return bool(name and record.case.unit and same_unit(name, record.case.unit))


def _agrees(subject: SubjectFacts, case: Case) -> bool:
    same = bool(subject.unit and case.unit and same_unit(subject.unit, case.unit))
    titled = bool(subject.work_title and case.title and fuzz.ratio(fold(subject.work_title), fold(case.title)) >= 85)
    return same or titled


def _lacks(case: Case, draft: Draft) -> bool:
    brings = {item.role for item in draft.placed}
    if Role.PDF_FORM in brings or Role.IMAGE_FORM in brings:
        return not case.scan or (case.seal is not None and case.seal.present is False)
    if Role.VIDEO in brings or draft.links:
        return case.track is Track.VIDEO and not case.video
    return Role.TEXT_WORK in brings and case.track is Track.TEXT


def _named(draft: Draft, case: Case) -> bool:
    title = fold(case.title or "")
    return len(title) >= 4 and any(title in item.name for item in draft.placed)
