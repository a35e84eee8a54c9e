"""In charge of 附件1/2: the right annex, every field filled, both copies alike."""

import re
from collections.abc import Iterator

from domain.case import Case, Material
from domain.facts import FormFields
from domain.phone import normalize_phones
from validators.likeness import differing
from validators.rulebook import Context, Observation, rule, saw

_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")


def _read_surely(case: Case) -> tuple[Material, FormFields] | None:
    """Return the form that was read from real text. What OCR did not see is no proof that it is not there."""
    return next(((material, form) for material, form in case.readable if material.facts.source != "ocr"), None)


def _written(case: Case, field: str) -> str:
    """Return what surely stands in a field, or "" where that is not sure."""
    read = _read_surely(case)
    return (getattr(read[1], field) or "").strip() if read and field not in read[1].unsure else ""


@rule("form_wrong_annex", clause="附件 1", quote="附件 2：潍坊市信用典型案例视频评选申报表")
def the_annex_is_the_tracks(case: Case, context: Context) -> Iterator[Observation]:
    template = context.notice.form_of(case.track)
    expected = template.annex if template else None
    material = case.word or case.scan
    annex = material.form.annex if material and material.form else None
    if material and annex and expected and annex != expected:
        yield saw(file=material.part.path, annex=annex, expected=expected)


@rule("field_missing", clause="附件 1", quote="参评单位需填写潍坊市信用典型案例评选申报表")
def every_field_is_filled(case: Case, context: Context) -> Iterator[Observation]:
    read = _read_surely(case)
    if not read:
        return
    material, form = read
    template = context.notice.form(form.annex) if form.annex else context.notice.form_of(case.track)
    for field in template.mandatory if template else ():
        if template and field not in form.unsure and not form.value(field):
            label = template.labels[field][0] if template.labels.get(field) else field
            yield saw(field, file=material.part.path, field=field, label=label)


@rule("commitment_missing", clause="三", quote="作出诚信承诺并负责最终解释")
def the_commitment_stands(case: Case, context: Context) -> Iterator[Observation]:
    read = _read_surely(case)
    if read and read[1].commitment is False and "opinion" not in read[1].unsure:
        yield saw(file=read[0].part.path)


@rule("phone_invalid", clause="附件 1", quote="联系电话")
def the_phone_is_one(case: Case, context: Context) -> Iterator[Observation]:
    written = _written(case, "phone")
    if written and not normalize_phones(written):
        yield saw(value=written[:60])


@rule("email_invalid", clause="附件 1", quote="邮箱")
def the_address_is_one(case: Case, context: Context) -> Iterator[Observation]:
    written = _written(case, "email")
    if written and not _ADDRESS.search(written.replace("＠", "@")):
        yield saw(value=written[:80])


@rule("word_pdf_mismatch", clause="四", quote="一式两份（word版 PDF盖章扫描版）")
def both_copies_tell_the_same(case: Case, context: Context) -> Iterator[Observation]:
    word, scan = case.word, case.scan
    if not (word and scan and word.form and scan.form):
        return
    fields = differing(word.form, scan.form, by_ocr=scan.facts.source == "ocr")
    if fields:
        yield saw(word=word.part.path, pdf=scan.part.path, fields=fields)
