"""In charge of clause 五.3 for texts: 字数 as Word counts it, and that there is a text at all."""

from collections.abc import Iterator

from domain.case import Case
from domain.kinds import Role, Severity, Track
from domain.length import length_of_work
from validators.rulebook import Context, Observation, rule, saw


@rule("text_too_long", clause="五.3", quote="文字成果字数控制在 2000 字以内")
def the_text_is_within_its_limit(case: Case, context: Context) -> Iterator[Observation]:
    counted = length_of_work(case, context.notice.text.min_words) if case.track is Track.TEXT else None
    if not counted:
        return
    most = context.notice.text.max_words
    # A machine reads marks into a picture that are not there: two in a hundred are no proof.
    if counted.words > most * (1.02 if counted.by_ocr else 1.0):
        severity = None if counted.apart else Severity.REVIEW
        yield saw(file=counted.file, count=counted.words, max=most, severity=severity)


@rule("text_missing", clause="三", quote="可以文字形式")
def there_is_a_text(case: Case, context: Context) -> Iterator[Observation]:
    if Role.TEXT_WORK not in context.notice.needs(case.track) or case.unopened:
        return
    least = context.notice.text.min_words
    works = case.of(Role.TEXT_WORK)
    if any(work.facts.problem or (work.facts.text_length or 0) >= least for work in works):
        return  # what could not be opened has a finding of its own
    counted = length_of_work(case, least)
    if counted and counted.words >= least:
        return
    unread = any(material and not material.form for material in (case.word, case.scan))
    if counted or not unread:  # a form nobody could read may hold the text
        yield saw(file=counted.file if counted else None, count=counted.words if counted else None, min=least)
