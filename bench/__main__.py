"""Everything that is claimed of speed, in one run and one table: `make bench`, or

.venv/bin/python -m bench [--mails FOLDER] [PART …]     parts: fetch idle decoding files pipeline scale

A part is left out by naming the others. Ratios are of contestants side by side in this run; below the table stand each contestant's
own figures. The exit status is 1 where a goal is missed. It takes about twelve minutes on two quiet cores.
"""

import argparse
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bench import decoding, fetch, files, idle, pipeline, scale
from bench.race import Race
from bench.table import Figure, table

Part = Iterator[Figure | Race]  #: figures for the table, and the races they come from


def fetching() -> Part:
    done = fetch.measure()
    return _with(done, fetch.figures(done))


def idling() -> Part:
    yield from idle.figures()


def decodes(mails: Path) -> Part:
    done, each = decoding.measure(mails)
    return _with(done, decoding.figures(done, each))


def reading() -> Part:
    with tempfile.TemporaryDirectory(prefix="bench-files-") as folder:
        for course in files.courses(fetch.ROOT / ".films"):
            done = files.measure(course, Path(folder), 3)
            yield from _with(done, files.figures(course, done))


def piping() -> Part:
    done = pipeline.measure()
    return _with(done, pipeline.figures(done))


def _with(done: Race, figures: Iterable[Figure]) -> Part:
    yield done
    yield from figures


def parts(mails: Path) -> dict[str, Callable[[], Part]]:
    return {
        "fetch": fetching,
        "idle": idling,
        "decoding": lambda: decodes(mails),
        "files": reading,
        "pipeline": piping,
        "scale": lambda: iter(scale.figures()),
    }


def main(wanted: list[str], mails: Path) -> int:
    known, rows, races = parts(mails), list[Figure](), list[Race]()
    for name in wanted or known:
        begun = time.monotonic()
        for told in known[name]():
            rows.append(told) if isinstance(told, Figure) else races.append(told)
        print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    print(f"{platform.platform()}, Python {platform.python_version()}\n")
    print(table(rows), *(done.told() for done in races), sep="\n\n")
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="bench")
    asked.add_argument("parts", nargs="*", metavar="PART")
    asked.add_argument("--mails", type=Path, default=decoding.SAMPLES)
    said = asked.parse_args()
    if unknown := set(said.parts) - set(parts(said.mails)):
        asked.error(f"no part: {', '.join(sorted(unknown))}")
    sys.exit(main(said.parts, said.mails))
