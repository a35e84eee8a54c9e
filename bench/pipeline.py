"""The whole pipeline, mail to outcome and reply: submissions a minute on one core and on two, beside the bare libraries on the same files.

.venv/bin/python -m bench.pipeline [SUBMISSIONS [LAPS]]

A submission is a mail with its form as Word and as a stamped scan of one page. Every contestant is warm, models loaded, and kept to its cores by
taskset. The bare libraries only read: mail-parser the mail, python-docx the form, RapidOCR the scan, one after the other.
"""

import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.fetch import ROOT
from bench.race import Cost, Race, race, run, spread
from bench.submissions import submissions
from bench.table import Figure, table

ONE, TWO, BARE = "the desk, one core", "the desk, two cores", "mail-parser, python-docx, RapidOCR"


def measure(count: int = 8, laps: int = 2) -> Race:
    with tempfile.TemporaryDirectory(prefix="bench-pipeline-") as scratch:
        mails, files = Path(scratch) / "mails", Path(scratch) / "files"
        mails.mkdir()
        files.mkdir()
        for serial, one in enumerate(submissions(count)):
            for folder in (mails, files):
                (folder / f"{serial:04d}.eml").write_bytes(one.raw)
            (files / f"{serial:04d}.docx").write_bytes(one.word)
            (files / f"{serial:04d}.pdf").write_bytes(one.scan)
        contestants = {
            ONE: partial(_desk, mails, "0", 1),
            TWO: partial(_desk, mails, "0,1", 2),
            BARE: partial(_bare, files),
        }
        return race("pipeline", count, laps, contestants)


def _desk(mails: Path, cores: str, workers: int, _: int) -> Cost:
    with tempfile.TemporaryDirectory(prefix="bench-desk-") as folder:
        (Path(folder) / "data").mkdir(mode=0o700)
        return _pinned(cores, ["bench.desk_at_work", str(mails), str(workers), folder])


def _bare(files: Path, _: int) -> Cost:
    return _pinned("0", ["bench.readers", BARE, str(files), "1"])


def _pinned(cores: str, module: list[str]) -> Cost:
    command = ["taskset", "-c", cores, sys.executable, "-m", *module]
    return run(command, warm=True, PYTHONPATH=str(ROOT), OMP_NUM_THREADS="1")


def figures(done: Race) -> Iterator[Figure]:
    rates = {name: [60 * done.items / cost.wall for cost in done.costs[name]] for name in (ONE, TWO)}
    yield spread("submissions a minute, one core", done.items, rates[ONE], 12, form=".1f", most=False)
    yield spread("submissions a minute, two cores", done.items, rates[TWO], 22, form=".1f", most=False)
    gain = [two / one for one, two in zip(rates[ONE], rates[TWO], strict=True)]
    yield spread("  what the second core brings, ×", done.items, gain, 1.8, most=False)
    yield done.ratio(ONE, [BARE], 1.2, said="pipeline ÷ the bare libraries one after the other")


if __name__ == "__main__":
    done = measure(*map(int, sys.argv[1:]))
    print(done.told(), table(list(figures(done))), sep="\n\n")
