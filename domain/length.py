"""How long a case's text is, and which text that is: a separate article, the form's 成果内容, or what follows the form in its file."""

import re

from domain.case import Case
from domain.facts import FormFields
from domain.kinds import Kind
from domain.text import word_count
from domain.value import Value

_FIELDS = ("title", "contact", "phone", "email", "address", "category", "highlights", "content", "opinion", "unit")
_PRINTED = 150  #: 字 that a form prints itself: its title, labels and hint
#: Word counts no page numbers; in a PDF they are text like any other.
_PAGE_NUMBER = re.compile(r"(?m)^[^\S\n]*(?:第[^\S\n]*)?[-—–·]*[^\S\n]*\d{1,3}[^\S\n]*[-—–·]*(?:/\d{1,3}|页|[^\S\n])*$")


class Length(Value):
    """How long the work is, and in which file it was counted."""

    file: str
    words: int  #: 字数 as Word counts
    by_ocr: bool = False
    apart: bool = True  #: False: what follows a form in its own file, told by subtraction


def length_of_work(case: Case, least: int) -> Length | None:
    """Return the length of a case's text, or None where there is none. `least`: 字 below which a text has no substance.

    A few lines beside a form that tells the whole case are a note and not the work.
    """
    article, written = _article(case), _written(case)
    if article and written and article.words < least <= written.words:
        return written
    if not article and (written is None or written.words < least):
        return _behind(case, least) or written
    return article or written


def _article(case: Case) -> Length | None:
    article = case.text_work
    if not article or article.facts.problem is not None:
        return None
    facts, count = article.facts, article.facts.text_length
    if count is None:
        return None
    numbers = word_count(" ".join(_PAGE_NUMBER.findall(facts.text))) if article.part.kind is Kind.PDF else 0
    return Length(file=article.part.path, words=count - numbers, by_ocr=facts.source == "ocr")


def _written(case: Case) -> Length | None:
    for material, form in case.readable:
        if form.content:
            by_ocr = material.facts.source == "ocr"
            return Length(file=material.part.path, words=word_count(form.content), by_ocr=by_ocr)
    return None


def _behind(case: Case, least: int) -> Length | None:
    """Return the article that follows a form in the form's own file ("见后")."""
    for material, _ in case.readable:
        rest = (material.facts.text_length or 0) - sum(map(_words_of, material.facts.forms)) - _PRINTED
        if material.facts.source != "ocr" and rest >= least:
            return Length(file=material.part.path, words=rest, apart=False)
    return None


def _words_of(form: FormFields) -> int:
    return sum(word_count(getattr(form, field) or "") for field in _FIELDS)
