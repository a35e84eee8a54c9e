"""In charge of a case's files as the present readers read them: facts kept in the store are reused, missing ones read again.

Leaves which files a case has as it is on record.
"""

from collections import defaultdict
from collections.abc import Sequence

from daemon.desk import Desk
from daemon.merging import refilled
from daemon.reading import facts_of
from daemon.roles import role_of
from domain.case import Case, Material
from domain.facts import FileFacts, FormFields
from domain.kinds import Kind
from domain.mail import Mail, Part
from domain.notice import Notice
from domain.records import CaseRecord
from parsers.registry import facts_version, parser_for
from validators.likeness import same_case


def brought_up_to_date(records: Sequence[CaseRecord], desk: Desk) -> list[Case]:
    """Return the case of each record with the facts of the present readers and form labels."""
    standing = [material for record in records for material in record.case.materials if not material.superseded]
    facts = _kept(standing, desk)
    facts |= _read_anew([material for material in standing if material.part.sha256 not in facts], desk)
    return [_with_facts(record.case, facts, desk) for record in records]


def _kept(materials: Sequence[Material], desk: Desk) -> dict[str, FileFacts]:
    """Return the facts that the store has of the present version of each file's reader."""
    by_kind: dict[Kind, set[str]] = defaultdict(set)
    for material in materials:
        by_kind[material.part.kind].add(material.part.sha256)
    found: dict[str, FileFacts] = {}
    for kind, sha256s in by_kind.items():
        if reader := parser_for(kind):
            version = facts_version(reader, desk.notice.forms, desk.notice.commitment)
            found |= desk.store.facts_of(sha256s, reader.name, version)
    return found


def _read_anew(materials: Sequence[Material], desk: Desk) -> dict[str, FileFacts]:
    """Return the facts of files not read by the present readers; a mail's own words may hold the password."""
    by_mail: dict[str, list[Part]] = defaultdict(list)
    for material in materials:
        if parser_for(material.part.kind) and desk.store.archive.has(material.part.sha256):
            by_mail[material.message_sha256].append(material.part)
    found: dict[str, FileFacts] = {}
    for sha256, parts in by_mail.items():
        mail = desk.store.mail(sha256) or Mail(sha256=sha256, size=0)
        with desk.store.archive.scratch() as out:
            found |= facts_of(mail, tuple(parts), desk, out)
    return found


def _with_facts(case: Case, facts: dict[str, FileFacts], desk: Desk) -> Case:
    materials = tuple(_with_its_facts(material, facts, case, desk.notice) for material in case.materials)
    if materials == case.materials:
        return case
    return refilled(case.model_copy(update={"materials": materials}), desk.notice)


def _with_its_facts(material: Material, facts: dict[str, FileFacts], case: Case, notice: Notice) -> Material:
    told = facts.get(material.part.sha256)
    if material.superseded or told is None or told == material.facts:
        return material
    form = _form_again(told, material.form or case.form)
    before, after = (role_of(material.part, facts, notice) for facts in (material.facts, told))
    role = material.role if before is after else after
    return material.model_copy(update={"facts": told, "form": form, "role": role})


def _form_again(facts: FileFacts, known: FormFields | None) -> FormFields | None:
    """Return which of a file's forms is the case's: the one most like what was read before."""
    if known is None or len(facts.forms) < 2:
        return next(iter(facts.forms), None)
    return max(facts.forms, key=lambda form: same_case(form, known))
