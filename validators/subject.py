"""In charge of the subject line (组委会: 邮件主题请标注): written as asked, and in agreement with the form. It never costs a case."""

from collections.abc import Iterator

from rapidfuzz import fuzz

from domain.case import Case, Reading
from domain.mail import SubjectFacts
from domain.phone import same_phone
from domain.text import fold
from domain.units import same_unit
from validators.rulebook import Context, Observation, message_rule, rule, saw

_AS_ASKED = "邮件主题请标注：推荐单位名称+联系人+联系电话"


@message_rule("subject_format", clause="组委会", quote=_AS_ASKED)
def the_subject_follows_a_convention(reading: Reading, context: Context) -> Iterator[Observation]:
    if not context.supplement and reading.subject.convention not in context.notice.conventions:
        yield saw(subject=reading.mail.subject[:200])


@rule("subject_form_mismatch", clause="组委会", quote=_AS_ASKED)
def the_subject_agrees_with_the_form(case: Case, context: Context) -> Iterator[Observation]:
    form, subject = case.form, context.subject
    if not form or context.supplement or case.recommended:
        return  # 推荐单位名称+联系人+联系电话: whoever recommends is not whom the form names
    pairs = {
        "unit": (subject.unit, form.unit),
        "contact": (subject.contact or subject.participant, form.contact),
        "phone": (subject.phone, form.phone),
    }
    fields = {
        field: [ours, theirs]
        for field, (ours, theirs) in pairs.items()
        if ours and theirs and not _agree(field, ours, theirs)
    }
    # 推荐作品 names whoever takes part, who need not be the one to be called.
    if _is_work(subject):
        fields.pop("contact", None)
    if fields:
        yield saw(fields=fields)


def _agree(field: str, ours: str, theirs: str) -> bool:
    match field:
        case "unit":
            return same_unit(ours, theirs)
        case "phone":
            return same_phone(ours, theirs)
        case _:
            return fuzz.partial_ratio(fold(ours), fold(theirs)) >= 60


def _is_work(subject: SubjectFacts) -> bool:
    return subject.convention == "work"
