"""In charge of reading scanned forms: pictures of pages → fields, text and seal.

Leaves opening files to `parsers.pdf` and `parsers.image`, and what labels mean to `parsers.form`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.facts import FormFields, SealFacts
from parsers.form import Block, read_blocks
from parsers.form_labels import Labels
from parsers.registry import ReadJob
from parsers.scan_join import join_pages
from parsers.scan_layout import lay_out
from parsers.scan_ocr import Pixels
from parsers.scan_page import prepare
from parsers.seal import find_seals


@dataclass(frozen=True)
class PageText:
    """One page's words: blocks in reading order, and the plain text."""

    blocks: tuple[Block, ...] = ()
    text: str = ""


def read_page(rgb: Pixels, job: ReadJob, number: int, *, photographed: bool = True, least: int = 0) -> PageText:
    """Return what stands on a scanned page. `number`: 0-based page of the file; a page of fewer than `least` lines is not read."""
    page = prepare(rgb, photographed=photographed)
    if len(page.quads) < least:
        return PageText()
    layout = lay_out(page, Labels(job.templates), number)
    return PageText(layout.blocks, layout.text)


def look_for_seals(rgb: Pixels, job: ReadJob, number: int, *, printed: bool = False) -> SealFacts:
    """Return the seals on a page's picture. `printed`: rendered from text, so that no colour is not a grey scan."""
    return find_seals(rgb, number, job.out, printed=printed)


def forms_of(pages: Iterable[Sequence[Block]], job: ReadJob) -> tuple[FormFields, ...]:
    """Return the forms that stand on pages in order."""
    forms = read_blocks(join_pages(pages), job.templates, job.commitment)
    return tuple(form.model_copy(update={"pages": _through(form.pages)}) for form in forms)


def _through(pages: Sequence[int]) -> tuple[int, ...]:
    """Return all pages from a form's first to its last: a long answer fills pages without a label of their own."""
    return tuple(range(min(pages), max(pages) + 1)) if pages else ()


def complete(pages: Iterable[Sequence[Block]], job: ReadJob) -> bool:
    """Tell whether the pages so far hold a whole form: its last field, 单位意见, was come to."""
    forms = forms_of(pages, job)
    return bool(forms) and forms[-1].opinion is not None
