"""How right the daemon is and what that costs: one table, every class with its goal, wrong items by name.

.venv/bin/python -m bench.accuracy [FILMS]

FILMS keeps the films between runs. The exit status is 1 where a goal is missed. It takes nine minutes of CPU, the making of the
films among them.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import (
    accuracy_costs,
    accuracy_decisions,
    accuracy_forms,
    accuracy_links,
    accuracy_pairs,
    accuracy_scans,
    accuracy_videos,
)
from bench.table import Figure, table


def measure(films: Path) -> Iterator[Figure]:
    """Yield every figure. Costs come first, while nothing else has warmed or worn the process."""
    yield from accuracy_costs.figures(films)
    forms = accuracy_forms.measure()
    yield from accuracy_forms.figures(forms)
    scans = accuracy_scans.read_all()
    yield from accuracy_scans.figures(scans)
    yield from accuracy_pairs.figures(scans)
    seen = accuracy_videos.read_all(films)
    yield from accuracy_videos.figures(seen)
    yield from accuracy_links.figures()
    yield from accuracy_decisions.figures(accuracy_decisions.judge_all())
    documents = forms.documents + len(scans)
    yield Figure("labelled documents", documents, documents, 300, ".0f")
    yield Figure("labelled films", len(seen), len(seen), 30, ".0f")


def main(films: Path) -> int:
    begun, figures = time.monotonic(), []
    for figure in measure(films):
        figures.append(figure)
        print(f"{time.monotonic() - begun:5.0f} s  {figure.name}", file=sys.stderr, flush=True)
    print(table(figures))
    print(f"\n{time.monotonic() - begun:.0f} s in all")
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1])))
    with tempfile.TemporaryDirectory() as scratch:
        sys.exit(main(Path(scratch)))
