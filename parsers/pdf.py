"""In charge of reading PDFs: text layer where it is real, else the pages' pictures; seals on every page.

Leaves tables and lines to `pages.pdf_layer`, pictures to `scans.reading`, signatures to `pages.pdf_signature`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2

from domain.facts import FileFacts, SealFacts
from domain.kinds import Kind
from domain.text import word_count
from parsers.forms.labels import Labels
from parsers.pages import pdf_origin
from parsers.pages.pdf_file import Corrupt, Drawn, Encrypted, draw, is_picture, look, opened
from parsers.pages.pdf_layer import blocks_of, text_of, trusted
from parsers.pages.pdf_signature import Signed, signatures
from parsers.registry import MAX_TEXT, ReadJob, parser
from parsers.scans.reading import PageText, complete, forms_of, look_for_seals, read_page
from parsers.scans.ruled import has_table
from parsers.seals.finding import crops, merge_seals

_MOST_OCR = 6  #: pages read by OCR: a form takes one or two, a long one four
_MOST_PAGES = 40  #: pages looked at for text and seals
_SEAL_SIDE = 1700  #: pixels of the long side where only seals are looked for


@dataclass
class _Reading:
    """What has been gathered page by page."""

    pages: list[PageText] = field(default_factory=list)
    seals: list[SealFacts] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    layered: int = 0
    scanned: int = 0


@parser("pdf", kinds=(Kind.PDF,), version=1)
def read(path: Path, job: ReadJob) -> FileFacts:
    """Return a PDF's forms, text, seal, dates and producer. Problems: encrypted, corrupt."""
    try:
        with opened(path, job.passwords) as (document, password):
            return _read(document, path, password, job)
    except Encrypted as error:
        return FileFacts(parser="pdf", version=1, problem="encrypted", detail=str(error))
    except Corrupt as error:
        return FileFacts(parser="pdf", version=1, problem="corrupt", detail=str(error))


def _read(document: pypdfium2.PdfDocument, path: Path, password: str | None, job: ReadJob) -> FileFacts:
    if len(document) == 0:
        raise Corrupt("no pages")
    metadata: Mapping[str, str] = document.get_metadata_dict()
    reading = _Reading()
    with _plumbed(path, password, len(document)) as plumbed:
        signed = _signed(reading, plumbed.doc) if plumbed else Signed()
        if document.get_formtype():
            document.init_forms()
        for number in range(min(len(document), _MOST_PAGES)):
            _take(reading, document[number], plumbed.pages[number] if plumbed else None, number, job)
    seal = _seal(reading, signed, len(document))
    text = "\n".join(page.text for page in reading.pages).strip()[:MAX_TEXT]
    return FileFacts(
        parser="pdf",
        version=1,
        detail="; ".join(dict.fromkeys(reading.notes)),
        forms=forms_of([page.blocks for page in reading.pages], job),
        text=text,
        text_length=word_count(text),
        source=_source(reading),
        pages=len(document),
        seal=seal,
        dates=pdf_origin.dates(metadata),
        producer=pdf_origin.producer(metadata),
        derived=crops(seal),
    )


@contextmanager
def _plumbed(path: Path, password: str | None, expected: int) -> Iterator[Any]:
    """Give the file as pdfplumber sees it, or None where it cannot or counts other pages: pictures and seals are read all the same."""
    import pdfplumber

    with path.open("rb") as stream:  # ours to close: on a broken file pdfplumber does not
        try:
            document = pdfplumber.open(stream, password=password or "")
            whole = len(document.pages) == expected
        except _failures():
            yield None
            return
        with document:
            yield document if whole else None


@cache
def _failures() -> tuple[type[Exception], ...]:
    """Return what pdfminer raises on broken files: its own errors, and those of code that trusts the file."""
    import struct
    import zlib

    from pdfminer.pdfexceptions import PDFException
    from pdfminer.psexceptions import PSException
    from pdfplumber.utils.exceptions import PdfminerException

    own = (PdfminerException, PDFException, PSException)
    return (
        *own,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        ArithmeticError,
        AssertionError,
        RecursionError,
        struct.error,
        zlib.error,
    )


def _signed(reading: _Reading, document: Any) -> Signed:
    """Return the signatures, and note what the file would run."""
    try:
        if note := pdf_origin.actions(document):
            reading.notes.append(note)
        return signatures(document, _MOST_PAGES)
    except _failures():
        reading.notes.append("structure broken: signatures not looked for")
        return Signed(stamps=1)  # "absent" is no longer sure


def _layer(reading: _Reading, page: pypdfium2.PdfPage, plumbed: Any, number: int, job: ReadJob) -> PageText | None:
    """Return a page's real text, or None where it has none to trust."""
    try:
        if _has_answers(plumbed) or not trusted(page.get_textpage().get_text_bounded()):
            return None
        blocks = blocks_of(plumbed, Labels(job.templates), number)
    except _failures():
        reading.notes.append(f"text layer of page {number + 1} broken: read as a picture")
        return None
    return PageText(blocks, text_of(blocks))


def _take(reading: _Reading, page: pypdfium2.PdfPage, plumbed: Any, number: int, job: ReadJob) -> None:
    """Add a page's words and seals to the reading."""
    drawn = look(page)
    if drawn.too_large:
        reading.notes.append(f"page {number + 1} is too large to draw")
        reading.seals.append(SealFacts(present=None, reason="page too large to draw"))
        return
    if plumbed is not None and not is_picture(drawn) and (text := _layer(reading, page, plumbed, number, job)):
        reading.pages.append(text)
        reading.layered += 1
        reading.seals.append(_seal_on_print(page, drawn, number, job))
        return
    picture = draw(page)
    printed = drawn.pictures == 0
    if not _wanted(reading, drawn, picture, job):
        reading.seals.append(look_for_seals(picture, job, number, printed=printed))
        return
    for sheet in read_page(picture, job, number, photographed=not printed):
        reading.seals.append(look_for_seals(sheet.picture, job, number, printed=printed))
        reading.pages.append(sheet.text)
    reading.scanned += 1


def _has_answers(plumbed: Any) -> bool:
    """Tell whether a page has form fields that were filled in: they are drawn, but no part of the text layer."""
    notes = (note.get("data", {}) for note in plumbed.annots[:500])
    return any(str(note.get("FT", "")) == "/'Tx'" and note.get("V") for note in notes)


def _wanted(reading: _Reading, drawn: Drawn, picture: Any, job: ReadJob) -> bool:
    """Tell whether a page is worth OCR: something is on it, and the form is not yet whole or another may begin."""
    if reading.scanned >= _MOST_OCR:
        reading.notes.append(f"only the first {_MOST_OCR} scanned pages were read")
        return False
    if drawn == Drawn():
        return False
    whole = complete([page.blocks for page in reading.pages], job)
    return not whole or has_table(picture)


def _seal_on_print(page: pypdfium2.PdfPage, drawn: Drawn, number: int, job: ReadJob) -> SealFacts:
    """Return the seals on a page of real text. Only a picture on it can be a seal without colour."""
    facts = look_for_seals(draw(page, _SEAL_SIDE), job, number, printed=not drawn.pictures)
    if facts.present is None and not facts.seals and "grey" in facts.reason:
        return SealFacts(present=False, reason="printed page without red ink or a ring")
    return facts


def _source(reading: _Reading) -> str:
    if reading.layered or reading.scanned:
        return "ocr" if reading.scanned >= reading.layered else "text_layer"
    return ""


def _seal(reading: _Reading, signed: Signed, pages: int) -> SealFacts:
    """Return what the pages and the signatures tell together. What was not looked at is never "absent"."""
    told = [*([signed.facts] if signed.facts else []), *reading.seals]
    if pages > _MOST_PAGES:
        told.append(SealFacts(present=None, reason=f"pages after {_MOST_PAGES} not looked at"))
    facts = merge_seals(told)
    if not signed.stamps:
        return facts
    if facts.present is False:
        return SealFacts(present=None, reason="a stamp annotation without a seal's ring")
    return facts.model_copy(update={"electronic": facts.electronic or facts.present is True})
