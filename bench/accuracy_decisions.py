"""What the daemon makes of the sample mails and of the stories, against a careful clerk's judgement.

.venv/bin/python -m bench.accuracy_decisions

An item is one mail. Decisions: kind and decision of the mail and the decisions of its cases. Outcomes: these and every
finding, field and word of the reply that is expected.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.table import Figure, share, table
from daemon import journal
from daemon.checking import check
from daemon.settings import Settings, load
from tests.daemon.test_stories import CHAPTERS, Remembering, chapter, differences, held, play
from tests.fixtures.expectations import FOLDER, expectations
from tests.fixtures.stories import Json, Sent, decision_of

CONFIG = Path(__file__).parents[1] / "config.toml"


@dataclass(frozen=True)
class Judged:
    """A mail, and in what its outcome differs from the expected one."""

    name: str
    decided: tuple[str, ...]  #: differences of kind and decision
    differs: tuple[str, ...]  #: all differences


def judge_all() -> list[Judged]:
    """Put the samples and the stories through the daemon's own pipeline."""
    with tempfile.TemporaryDirectory() as folder, journal.written_to(Path(folder) / "log"):
        work = Path(folder)
        settings = load(CONFIG, work)
        return [*_samples(settings), *_stories(settings, work)]


def _samples(settings: Settings) -> Iterator[Judged]:
    expected = {sample.name: sample for sample in expectations()}
    for line in check([FOLDER / name for name in expected], settings):
        wanted = expected[line["file"]]
        decided = _told(
            ("kind", line["kind"], wanted.kind),
            ("decision", line["decision"], wanted.decision),
            ("cases decided", _each(line["cases"], "decision"), _each(wanted.cases, "decision")),
        )
        rest = _told(
            ("titles", _each(line["cases"], "title"), _each(wanted.cases, "title")),
            ("findings", _codes(line["cases"]), sorted(code for case in wanted.cases for code in case["codes"])),
            ("reply", bool(line["reply"]), wanted.reply),
        )
        yield Judged(f"sample {line['file']}", decided, (*decided, *rest))


def _each(cases: Sequence[Json], key: str) -> list[str]:
    return sorted(str(case[key]) for case in cases)


def _codes(cases: Sequence[Json]) -> list[str]:
    return sorted(code.rstrip("!?") for case in cases for code in held(case["findings"]))


def _told(*pairs: tuple[str, object, object]) -> tuple[str, ...]:
    """Return what is not as expected among (what, found, expected)."""
    return tuple(f"{what} {got}, expected {wanted}" for what, got, wanted in pairs if got != wanted)


def _stories(settings: Settings, work: Path) -> Iterator[Judged]:
    with Remembering(settings.limits, 2, writable=(work,)) as sandbox:
        for name in CHAPTERS:
            for tale in chapter(name, work / f"made-{name}"):
                for number, (mail, line) in enumerate(play(tale, settings, sandbox, work / tale.name), 1):
                    yield Judged(f"{name}: {tale.name} {number}", _decided(mail, line), tuple(differences(mail, line)))


def _decided(mail: Sent, line: Json) -> tuple[str, ...]:
    told = _told(("kind", line["kind"], mail.kind), ("decision", line["decision"], mail.decision))
    if mail.kind not in ("submission", "supplement", "correction") or any(case.maybe for case in mail.cases or ()):
        return told
    wanted = sorted(decision_of([case]) for case in mail.cases or ())
    return (*told, *_told(("cases decided", _each(line["cases"], "decision"), wanted)))


def figures(judged: Sequence[Judged]) -> tuple[Figure, ...]:
    decided = [f"{one.name}: {'; '.join(one.decided)}" for one in judged if one.decided]
    differ = [f"{one.name}: {'; '.join(one.differs)}" for one in judged if one.differs]
    return (
        share("decisions exact", len(judged) - len(decided), len(judged), 1.0, decided),
        share("outcomes exact: findings, fields, replies", len(judged) - len(differ), len(judged), 1.0, differ),
    )


def main() -> None:
    print(table(figures(judge_all())))


if __name__ == "__main__":
    main()
