"""Reading a Word form, a scanned page, a stamped PDF and a film, beside the bare libraries and beside markitdown: same file, same run.

.venv/bin/python -m bench.files [FILMS [LAPS]]    FILMS keeps the film between runs

Every contestant is a warm process of its own, one thread each; what counts is CPU time, and VmHWM. markitdown reads Word files and PDFs with
text; of scans, seals and films it tells nothing, so nothing is compared there. docling and unstructured are left out: they fetch their models when
they run, and need gigabytes.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image

from bench.accuracy_scans import labelled
from bench.accuracy_videos import five_minutes
from bench.fetch import PEERS, ROOT
from bench.race import Cost, Race, race, run
from bench.table import Figure, table
from tests.fixtures.make_forms import written
from tests.fixtures.make_pdfs import form_page, pdf
from tests.fixtures.make_scans import filled, seal_image

OURS, MARKITDOWN = "ours", "markitdown"


@dataclass(frozen=True)
class Course:
    """A file, how often it is read in a lap, and against whom."""

    name: str
    file: Callable[[Path], Path]  #: written into a folder
    times: int
    bare: str  #: the library alone
    goal: float  #: ours ÷ the library's CPU
    markitdown: bool = False


def word(folder: Path) -> Path:
    return _written(folder / "form.docx", next(iter(written())).data)


def scan(folder: Path) -> Path:
    return _written(folder / "scan.pdf", labelled(0).file)


def stamped(folder: Path) -> Path:
    page = form_page(1, filled())
    page.picture(
        Image.alpha_composite(Image.new("RGBA", (330, 330), "white"), seal_image("潍坊市信用协会")), 380, 620, 119, 119
    )
    return _written(folder / "stamped.pdf", pdf(page))


def film(films: Path) -> Path:
    films.mkdir(parents=True, exist_ok=True)
    return five_minutes(films)


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def courses(films: Path) -> tuple[Course, ...]:
    return (
        Course("Word form", word, 40, "python-docx", 2.0, markitdown=True),
        Course("scanned page", scan, 1, "RapidOCR", 1.15),
        Course("stamped PDF with text: form and seal", stamped, 2, "pdfplumber, RapidOCR for the seal", 1.0),
        Course("film of five minutes", lambda _: film(films), 1, "PyAV, every frame", 0.1),
    )


def measure(course: Course, folder: Path, laps: int) -> Race:
    names = [OURS, course.bare, *([MARKITDOWN] if course.markitdown and (PEERS / "markitdown").exists() else [])]
    file = course.file(folder)
    laps_of = {name: partial(_lap, name, file, course.times) for name in names}
    return race(course.name, course.times, laps, laps_of)


def _lap(name: str, file: Path, times: int, _: int) -> Cost:
    python = PEERS / "python" if name == MARKITDOWN else Path(sys.executable)
    command: list[str | Path] = [python, "-m", "bench.readers", name, file, str(times)]
    return run(command, warm=True, PYTHONPATH=str(ROOT), OMP_NUM_THREADS="1")


def figures(course: Course, done: Race) -> Iterator[Figure]:
    yield done.ratio(OURS, [course.bare], course.goal, by="cpu")
    if MARKITDOWN in done.costs:
        yield done.ratio(OURS, [MARKITDOWN], 1.0, by="cpu", said="  ÷ markitdown")
        yield done.ratio(OURS, [MARKITDOWN], 1.0, by="peak", said="  its memory ÷ markitdown's")


def main(films: Path, laps: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-files-") as folder:
        rows: list[Figure] = []
        for course in courses(films):
            done = measure(course, Path(folder), laps)
            print(done.told(), flush=True)
            rows += figures(course, done)
    print(table(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".films"), int(sys.argv[2]) if len(sys.argv) > 2 else 3)
