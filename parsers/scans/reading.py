"""In charge of reading scanned forms: pictures of pages → fields, text and seal.

Leaves opening files to `parsers.pdf` and `parsers.image`, and what labels mean to `parsers.forms.reading`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.facts import FormFields, SealFacts
from parsers.forms.labels import Labels
from parsers.forms.reading import Block, read_blocks
from parsers.registry import ReadJob
from parsers.scans.joining import join_pages
from parsers.scans.layout import lay_out
from parsers.scans.ocr import Pixels
from parsers.scans.page import Page, prepare
from parsers.scans.sheets import lying_apart, parted
from parsers.seals.finding import find_seals


@dataclass(frozen=True)
class PageText:
    """One page's words: blocks in reading order, and the plain text."""

    blocks: tuple[Block, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet of paper that a page's picture shows: its words, and the part of the picture it is on."""

    text: PageText
    picture: Pixels


def read_page(
    rgb: Pixels, job: ReadJob, number: int, *, photographed: bool = True, least: int = 0
) -> tuple[Sheet, ...]:
    """Return the sheets that a page's picture shows: one; two in reading order; none where it has fewer than `least` lines.

    `number`: 0-based page of the file. `photographed`: the picture is a scan or photo, not drawn from text.
    """
    pictures = (lying_apart(rgb) if photographed else ()) or (rgb,)
    pages = [prepare(picture, photographed=photographed) for picture in pictures]
    if sum(len(page.quads) for page in pages) < least:
        return ()
    if photographed and len(pages) == 1 and (halves := parted(pages[0], rgb)):
        pictures, pages = halves, [prepare(half) for half in halves]
    sheets = [_read(page, picture, job, number) for page, picture in zip(pages, pictures, strict=True)]
    return _in_order(sheets, job)


def _read(page: Page, rgb: Pixels, job: ReadJob, number: int) -> Sheet:
    layout = lay_out(page, Labels(job.templates), number)
    return Sheet(PageText(layout.blocks, layout.text), rgb)


def _in_order(sheets: Sequence[Sheet], job: ReadJob) -> tuple[Sheet, ...]:
    """Return two sheets with the one first on which a form begins: a turned picture shows them the wrong way round."""
    labels = Labels(job.templates)
    begins = [any(labels.caption(line) is not None for line in sheet.text.text.splitlines()) for sheet in sheets]
    return tuple(reversed(sheets)) if begins == [False, True] else tuple(sheets)


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
