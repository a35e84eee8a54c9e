"""In charge of clause 五.3 for texts: 字数 as Word counts it, and that there is a text at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.case import Case
from domain.facts import FormFields
from domain.kinds import Kind, Role, Severity, Track
from domain.text import word_count
from validators.rulebook import Context, Observation, rule, saw

_FIELDS = ("title", "contact", "phone", "email", "address", "category", "highlights", "content", "opinion", "unit")
_PRINTED = 150  #: 字 that a form prints itself: its title, labels and hint
#: Word counts no page numbers; in a PDF they are text like any other.
_PAGE_NUMBER = re.compile(r"(?m)^[^\S\n]*(?:第[^\S\n]*)?[-—–·]*[^\S\n]*\d{1,3}[^\S\n]*[-—–·]*(?:/\d{1,3}|页|[^\S\n])*$")


@dataclass(frozen=True)
class _Count:
    """How long the work is, and in which file it was counted."""

    file: str
    words: int
    by_ocr: bool = False
    apart: bool = True  #: False: what follows a form in its own file, told by subtraction


def _counted(case: Case, least: int) -> _Count | None:
    """Return the length of the work: of a separate article, else of 成果内容, else of what follows the form in its file.

    A few lines beside a form that tells the whole case are a note and not the work.
    """
    article, written = _article(case), _written(case)
    if article and written and article.words < least <= written.words:
        return written
    if not article and (written is None or written.words < least):
        return _behind(case, least) or written
    return article or written


def _article(case: Case) -> _Count | None:
    article = case.text_work
    if not article or article.facts.problem is not None or article.facts.text_length is None:
        return None
    facts = article.facts
    numbers = word_count(" ".join(_PAGE_NUMBER.findall(facts.text))) if article.part.kind is Kind.PDF else 0
    return _Count(article.part.path, article.facts.text_length - numbers, facts.source == "ocr")


def _written(case: Case) -> _Count | None:
    for material, form in case.readable:
        if form.content:
            return _Count(material.part.path, word_count(form.content), material.facts.source == "ocr")
    return None


def _behind(case: Case, least: int) -> _Count | None:
    """Return the article that follows a form in the form's own file ("见后")."""
    for material, _ in case.readable:
        rest = (material.facts.text_length or 0) - sum(map(_words_of, material.facts.forms)) - _PRINTED
        if material.facts.source != "ocr" and rest >= least:
            return _Count(material.part.path, rest, apart=False)
    return None


def _words_of(form: FormFields) -> int:
    return sum(word_count(getattr(form, field) or "") for field in _FIELDS)


@rule("text_too_long", clause="五.3", quote="文字成果字数控制在 2000 字以内")
def the_text_is_within_its_limit(case: Case, context: Context) -> Iterator[Observation]:
    counted = _counted(case, context.notice.text.min_words) if case.track is Track.TEXT else None
    if not counted:
        return
    most = context.notice.text.max_words
    # A machine reads marks into a picture that are not there: two in a hundred are no proof.
    if counted.words > most * (1.02 if counted.by_ocr else 1.0):
        severity = None if counted.apart else Severity.REVIEW
        yield saw(file=counted.file, count=counted.words, max=most, severity=severity)


@rule("text_missing", clause="三", quote="可以文字形式")
def there_is_a_text(case: Case, context: Context) -> Iterator[Observation]:
    if case.track is not Track.TEXT or case.unopened:
        return
    least = context.notice.text.min_words
    works = case.of(Role.TEXT_WORK)
    if any(work.facts.problem or (work.facts.text_length or 0) >= least for work in works):
        return  # what could not be opened has a finding of its own
    counted = _counted(case, least)
    if counted and counted.words >= least:
        return
    unread = any(material and not material.form for material in (case.word, case.scan))
    if counted or not unread:  # a form nobody could read may hold the text
        yield saw(file=counted.file if counted else None, count=counted.words if counted else None, min=least)
