"""What reading costs beside the bare library in the same run, and what a worker needs at most.

.venv/bin/python -m bench.accuracy_costs FOLDER

A scan page: the PDF read as the daemon reads it, against RapidOCR as it comes, on the picture of the same page; CPU seconds,
one thread each. A worker: VmHWM of a real sandbox worker after scans and a film. FOLDER keeps the film between runs.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pypdfium2

from bench.accuracy_scans import labelled, notice, read
from bench.accuracy_videos import cost as film_cost
from bench.accuracy_videos import five_minutes
from bench.race import here, memory
from bench.table import Figure, table
from daemon.settings import load
from domain.kinds import Kind
from parsers.pages.pdf_file import draw
from parsers.registry import ReadJob
from parsers.sandbox import Sandbox
from parsers.scans.ocr import warm_up

CONFIG = Path(__file__).parents[1] / "config.toml"
PAGES = (0, 1, 5, 17, 42, 62)  #: of one page each: clean, 150 dpi, turned, a seal over text, no borders, no seal


def page_cost() -> Figure:
    """Return the median over pages of our time ÷ RapidOCR's."""
    warm_up()
    bare = _bare()
    shares = [(mine / theirs, f"{name}: {mine:.2f} s ÷ {theirs:.2f} s") for name, mine, theirs in _pages(bare)]
    over = tuple(f"{said} = {ratio:.2f}" for ratio, said in shares if ratio > 1.15)
    return Figure(
        "cost of a scan page ÷ RapidOCR", len(shares), median(ratio for ratio, _ in shares), 1.15, ".3f", True, over
    )


def _bare() -> Any:
    from rapidocr import RapidOCR

    one = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    return RapidOCR(params={"Global.log_level": "error", **one})


def _pages(bare: Any) -> Iterator[tuple[str, float, float]]:
    """Yield name, our CPU seconds and RapidOCR's. The first page is read once before, to warm both."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for number, scan in enumerate(map(labelled, (PAGES[0], *PAGES))):
            with pypdfium2.PdfDocument(scan.file) as document:
                picture = draw(document[0])[:, :, ::-1].copy()
            mine, theirs = here(partial(read, scan, folder)).cpu, here(partial(bare, picture)).cpu
            if number:
                yield scan.name, mine, theirs


def worker_peak(folder: Path) -> Figure:
    """Return the most memory, GiB, that one worker held while it read scans, a long one among them, and a film."""
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        jobs = list(_jobs(work, five_minutes(folder)))
        with Sandbox(load(CONFIG, work).limits, 1, writable=(work,)) as sandbox:
            pid = sandbox.run(os.getpid, seconds=60)
            unread = [path.name for path, job in jobs if sandbox.read_file(path, job).problem]
            same = sandbox.run(os.getpid, seconds=60) == pid
            peak = memory(pid, "VmHWM") / 1024
    wrong = (*unread, *(() if same else ("the worker was replaced",)))
    return Figure("peak memory of a worker, GiB", len(jobs), peak, 1.2, ".2f", True, wrong)


def _jobs(work: Path, film: Path) -> Iterator[tuple[Path, ReadJob]]:
    """Yield scans at 200 and 300 dpi, a photo and several pages, then a film."""
    for number in (0, 2, 14, 50, 51):
        scan = labelled(number)
        path = work / scan.name.replace(" ", "-")
        path.write_bytes(scan.file)
        yield path, ReadJob(scan.kind, work, notice().forms, notice().commitment)
    yield film, ReadJob(Kind.VIDEO, work, (), "")


def figures(folder: Path) -> tuple[Figure, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    return page_cost(), film_cost(folder), worker_peak(folder)


if __name__ == "__main__":
    print(table(figures(Path(sys.argv[1]))))
