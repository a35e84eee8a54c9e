"""Decoding mails, beside mail-parser on the same mails, turn by turn.

.venv/bin/python -m bench.decoding [FOLDER [LAPS]]    any folder with raw mails below it; our samples where none is named

What both do: structure, header fields, texts in their charset, and the files that are carried, decoded and written out. `whole` is what the
daemon does beside: text out of HTML, quotes and links told apart, kinds of files, archives and nested mail opened. Exactness is the tests'
affair (tests/parsers/test_mail.py); that what mail-parser writes and loses is no standard for it, research/netease-mail.md §3.2.
"""

import logging
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import mailparser

from bench.race import Cost, Race, here, spread, turned
from bench.table import Figure, table
from domain.notice import Limits
from parsers.mail import envelope, read_mail
from parsers.message.letter import read_letter

SAMPLES = Path(__file__).parents[1] / "tests" / "fixtures" / "samples"
OURS, WHOLE, PEER, PEER_FILES = "ours", "ours, whole", "mail-parser, files left in base64", "mail-parser"


def mails(folder: Path) -> list[Path]:
    """Return every file below a folder that mail-parser reads without an exception."""
    logging.getLogger("mailparser").setLevel(logging.CRITICAL)
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".toml" and _readable(path)]


def _readable(path: Path) -> bool:
    try:
        mailparser.parse_from_file(str(path))
    except Exception:  # noqa: BLE001  what it raises is many things
        return False
    return True


def measure(folder: Path = SAMPLES, laps: int = 5) -> tuple[Race, list[float]]:
    """Race over every mail of a folder; return the laps, and of each mail our time ÷ mail-parser's, the best of the laps."""
    paths, every = mails(folder), _contestants()
    costs: dict[str, list[Cost]] = {name: [] for name in every}
    best: dict[str, dict[Path, float]] = {name: {} for name in every}
    for lap in range(-1, laps):  # one before, to warm up
        sums = dict.fromkeys(every, (0.0, 0.0))
        for number, path in enumerate(paths):
            for name in turned(every, number):
                cost = _one(every[name], path)
                sums[name] = sums[name][0] + cost.wall, sums[name][1] + cost.cpu
                best[name][path] = min(best[name].get(path, cost.cpu), cost.cpu)
        if lap >= 0:
            for name, (wall, cpu) in sums.items():
                costs[name].append(Cost(wall, cpu))
    each = [best[OURS][path] / best[PEER_FILES][path] for path in paths]
    return Race("decoding", len(paths), costs), each


def _one(work: Callable[[Path, Path], object], path: Path) -> Cost:
    """Let one contestant read one mail into an empty folder."""
    out = Path(tempfile.mkdtemp(prefix="bench-decoding-"))
    try:
        return here(lambda: work(path, out))
    finally:
        shutil.rmtree(out)


def _contestants() -> dict[str, Callable[[Path, Path], object]]:
    limits = Limits()
    return {
        OURS: lambda path, out: envelope(read_letter(path, out, limits).skeleton),
        PEER_FILES: _mail_parser,
        PEER: lambda path, out: mailparser.parse_from_file(str(path)),
        WHOLE: lambda path, out: read_mail(path, out, limits),
    }


def _mail_parser(path: Path, out: Path) -> None:
    parsed = mailparser.parse_from_file(str(path))
    parsed.write_attachments(str(out))


def figures(race: Race, each: list[float]) -> tuple[Figure, ...]:
    """Return our CPU time beside mail-parser's, of all mails together and of the mail in the middle."""
    return (
        race.ratio(OURS, [PEER_FILES], 1.0, by="cpu", said="MIME decoding ÷ mail-parser, files written, all mails"),
        spread("  of the mail in the middle", len(each), each, 1.0),
        race.ratio(OURS, [PEER], 1.0, by="cpu", said="  ÷ mail-parser that leaves files in base64"),
        spread(
            "  whole: HTML, quotes, links, archives too", race.items,
            [mine.cpu / theirs.cpu for mine, theirs in zip(race.costs[WHOLE], race.costs[PEER_FILES], strict=True)], 2.5,
        ),
    )  # fmt: skip


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES
    laps, each = measure(folder, int(sys.argv[2]) if len(sys.argv) > 2 else 5)
    print(laps.told(), table(figures(laps, each)), sep="\n\n")
