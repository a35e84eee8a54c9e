"""In charge of clause 五.3 for texts: 字数 as Word counts it, and that there is a text at all."""

from collections.abc import Iterator

from domain.case import Case
from domain.kinds import Role, Track
from domain.text import word_count
from validators.rulebook import Context, Observation, rule, saw


def _counted(case: Case, least: int) -> tuple[str, int, bool] | None:
    """Return file, 字数 and whether it was read by OCR, of the work: a separate article, else 成果内容.

    A few lines beside a form that tells the whole case are a note and not the work.
    """
    article, written = _article(case), _written(case)
    if article and written and article[1] < least <= written[1]:
        return written
    return article or written


def _article(case: Case) -> tuple[str, int, bool] | None:
    article = case.text_work
    if article and article.facts.problem is None and article.facts.text_length is not None:
        return article.part.path, article.facts.text_length, article.facts.source == "ocr"
    return None


def _written(case: Case) -> tuple[str, int, bool] | None:
    for material, form in case.readable:
        if form.content:
            return material.part.path, word_count(form.content), material.facts.source == "ocr"
    return None


@rule("text_too_long", clause="五.3", quote="文字成果字数控制在 2000 字以内")
def the_text_is_within_its_limit(case: Case, context: Context) -> Iterator[Observation]:
    counted = _counted(case, context.notice.text.min_words) if case.track is Track.TEXT else None
    if not counted:
        return
    file, count, by_ocr = counted
    most = context.notice.text.max_words
    # A machine reads marks into a picture that are not there: two in a hundred are no proof.
    if count > most * (1.02 if by_ocr else 1.0):
        yield saw(file=file, count=count, max=most)


@rule("text_missing", clause="三", quote="可以文字形式")
def there_is_a_text(case: Case, context: Context) -> Iterator[Observation]:
    if case.track is not Track.TEXT or case.unopened:
        return
    least = context.notice.text.min_words
    works = case.of(Role.TEXT_WORK)
    if any(work.facts.problem or (work.facts.text_length or 0) >= least for work in works):
        return  # what could not be opened has a finding of its own
    counted = _counted(case, least)
    if counted and counted[1] >= least:
        return
    unread = any(material and not material.form for material in (case.word, case.scan))
    if counted or not unread:  # a form nobody could read may hold the text
        yield saw(file=counted[0] if counted else None, count=counted[1] if counted else None, min=least)
