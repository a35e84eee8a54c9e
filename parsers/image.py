"""In charge of pictures sent as files: a photo or scan of a form is read like one, any other picture only measured.

Leaves reading a page to `scans.reading`, opening files to `pages.image_file`.
"""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from domain.facts import FileFacts, SealFacts
from domain.kinds import Kind
from domain.text import word_count
from parsers.pages import image_file
from parsers.pages.image_file import TooLarge, Unreadable
from parsers.registry import ReadJob, parser
from parsers.scans.ocr import Pixels
from parsers.scans.page import flatten
from parsers.scans.reading import PageText, forms_of, look_for_seals, read_page
from parsers.seals.finding import crops, merge_seals

_LEAST_SIDE = 500  #: pixels: a form in fewer cannot be read
_LEAST_LINES = 8  #: a picture with fewer lines of text is no form
_MOST_PAGES = 6  #: of a TIFF
_SMALL = 900  #: pixels of the long side while telling a document from a photo


@parser("image", kinds=(Kind.IMAGE,), version=1)
def read(path: Path, job: ReadJob) -> FileFacts:
    """Return a picture's size and dates, and of a document its forms and seal. Problems: corrupt, memory (a bomb)."""
    try:
        with image_file.opened(path) as picture:
            return _read(picture, job)
    except Unreadable as error:
        return FileFacts(parser="image", version=1, problem="corrupt", detail=str(error))
    except TooLarge as error:
        return FileFacts(parser="image", version=1, problem="memory", detail=f"not decoded: {error}")


def _read(picture: Image.Image, job: ReadJob) -> FileFacts:
    width, height = image_file.size(picture)
    facts = FileFacts(
        parser="image",
        version=1,
        width=width,
        height=height,
        dates=image_file.dates(picture),
        producer=image_file.camera(picture),
    )
    pages: list[PageText] = []
    seals: list[SealFacts] = []
    for number, rgb in enumerate(image_file.frames(picture, _MOST_PAGES)):
        if min(width, height) < _LEAST_SIDE or not is_document(rgb):
            continue
        for sheet in read_page(rgb, job, number, least=_LEAST_LINES):
            if sheet.text.blocks:
                pages.append(sheet.text)
                seals.append(look_for_seals(sheet.picture, job, number))
    return _with_pages(facts, pages, seals, job) if pages else facts


def _with_pages(facts: FileFacts, pages: list[PageText], seals: list[SealFacts], job: ReadJob) -> FileFacts:
    text = "\n".join(page.text for page in pages)
    seal = merge_seals(seals)
    return facts.model_copy(
        update={
            "forms": forms_of([page.blocks for page in pages], job),
            "text": text,
            "text_length": word_count(text),
            "source": "ocr",
            "pages": len(pages),
            "seal": seal,
            "derived": crops(seal),
        }
    )


def is_document(rgb: Pixels) -> bool:
    """Tell, at a fiftieth of the cost of reading, whether a picture can be a page: pale even paper with fine dark marks."""
    sheet = flatten(rgb)
    scale = min(1.0, _SMALL / max(sheet.shape[:2]))
    small = cv2.resize(sheet, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    paper = cv2.medianBlur(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), 21)
    spread = small.max(axis=2).astype(np.int16) - small.min(axis=2)
    even = (np.abs(paper.astype(np.int16) - grey) < 14) & (paper > 90) & (spread < 90)
    marks = np.asarray(paper.astype(np.int16) - grey > 35, np.uint8)
    return float(even.mean()) > 0.5 and 0.004 < float(marks.mean()) < 0.3 and _fine_marks(marks) >= 60


def _fine_marks(marks: Pixels) -> int:
    """Return how many marks are of the size of type or its strokes."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(marks)
    sides = stats[1:count, 2:4]
    return int(((sides.max(axis=1) <= 40) & (sides.max(axis=1) >= 4)).sum())
