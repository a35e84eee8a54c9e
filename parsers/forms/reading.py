"""In charge of turning tables and lines into filled forms: which fields, which annex, where one form ends.

Leaves reading of any file format to its parser, and judging what is filled to the rules.
"""

from collections.abc import Iterator, Sequence

from domain.facts import FormFields
from domain.notice import FormTemplate
from parsers.forms.found import Draft, Found, gather, texts
from parsers.forms.grid import Grid
from parsers.forms.labels import Labels
from parsers.forms.lines import LineReader
from parsers.forms.opinion import has_commitment, signed_unit
from parsers.forms.tables import find_in_grid
from parsers.forms.values import lines as tidy_lines
from parsers.forms.values import tidy

Block = str | Grid
"""A piece of a document in reading order: a line of text, or a table."""


def read_blocks(blocks: Sequence[Block], templates: Sequence[FormTemplate], commitment: str) -> tuple[FormFields, ...]:
    """Return the forms of a whole document. Text outside its tables fills what the tables lack.

    A label not found gives None, a label without an answer "". What is no form gives ().
    """
    labels = Labels(templates)
    drafts = gather(_find(blocks, labels))
    return tuple(_fill(draft, labels, commitment) for draft in drafts)


def _find(blocks: Sequence[Block], labels: Labels) -> Iterator[Found]:
    waiting: list[str] = []
    for block in blocks:
        if isinstance(block, str):
            waiting.extend(_rows(block, labels))
            continue
        yield from LineReader(labels, weak=True).read(waiting)
        yield from find_in_grid(block, labels)
        waiting = []
    yield from LineReader(labels, weak=True).read(waiting)


def _rows(text: str, labels: Labels) -> list[str]:
    """Return a text's lines; a label written over several is one."""
    if "\n" in text and labels.whole(text):
        return [text.replace("\n", "")]
    return text.splitlines() or [""]


def _fill(draft: Draft, labels: Labels, commitment: str) -> FormFields:
    hints = tuple(dict.fromkeys(hint for template in labels.templates for hint in template.hints))
    values = {field: _value(field, finds, hints) for field, finds in draft.finds.items()}
    opinion = values.get("opinion")
    unit = values.pop("unit", None)
    found = [one for finds in draft.finds.values() for one in finds]
    own = tuple((field, values.pop(field)) for field in sorted(set(values) - set(FormFields.model_fields)))
    return FormFields(
        **values,
        more=own,
        annex=_annex(draft),
        commitment=None if opinion is None else has_commitment(opinion, commitment),
        unit=unit or (signed_unit(opinion, commitment) if opinion else None) or unit,
        unsure=tuple(sorted({one.field for one in found if one.unsure})),
        pages=tuple(sorted({page for one in found for page in one.pages})),
    )


def _value(field: str, finds: Sequence[Found], hints: Sequence[str]) -> str:
    if field == "opinion":
        return tidy_lines("\n".join(texts(finds)))
    answers = (tidy(field, found.text, hints) for found in finds)
    return next((answer for answer in answers if answer), "")


def _annex(draft: Draft) -> int | None:
    """Return the annex whose own labels are most, the caption's where they do not tell."""
    votes: dict[int, int] = {}
    for finds in draft.finds.values():
        if len(finds[0].annexes) == 1:
            annex = next(iter(finds[0].annexes))
            votes[annex] = votes.get(annex, 0) + 1
    best = [annex for annex, count in votes.items() if count == max(votes.values())]
    return best[0] if len(best) == 1 else draft.caption
