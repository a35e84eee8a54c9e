"""What becomes of mails as applicants write them: kind, decision, cases, findings and reply, against what a careful clerk would say."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from daemon.checking import Sample, _check_one
from daemon.desk import Desk
from daemon.settings import Settings, load
from domain.facts import FileFacts
from parsers.registry import ReadJob
from parsers.sandbox import Sandbox
from store.archive import Archive
from store.desk import Store
from tests.fixtures.desks import ROOT
from tests.fixtures.make_forms_office import convert
from tests.fixtures.stories import Case, Json, Past, Sent, Story
from tests.fixtures.stories_broken import broken
from tests.fixtures.stories_crude import crude
from tests.fixtures.stories_films import films
from tests.fixtures.stories_kept import kept
from tests.fixtures.stories_later import later
from tests.fixtures.stories_mixed import mixed
from tests.fixtures.stories_odd import odd
from tests.fixtures.stories_paper import BATH, word
from tests.fixtures.stories_pieces import pieces
from tests.fixtures.stories_several import several
from tests.fixtures.stories_silent import silent

CHAPTERS = ("kept", "broken", "crude", "several", "later", "odd", "silent", "films", "mixed", "pieces")
_MARKS = {"error": "!", "review": "?", "fatal": "!!"}

pytestmark = [pytest.mark.timeout(600)]


class Remembering(Sandbox):
    """A sandbox that reads the same bytes once, whichever story they are in: stories have stores of their own."""

    known: dict[tuple[Any, ...], tuple[FileFacts, dict[str, bytes]]]

    def read_files(self, jobs: Sequence[tuple[Path, ReadJob]]) -> list[FileFacts]:
        self.known = getattr(self, "known", {})
        keys = [(path.name, job.kind, job.passwords) for path, job in jobs]
        wanted = {key: task for key, task in zip(keys, jobs, strict=True) if key not in self.known}
        for (key, (_, job)), facts in zip(wanted.items(), super().read_files(list(wanted.values())), strict=True):
            self.known[key] = facts, {name: (job.out / name).read_bytes() for name in facts.derived}
        for key, (_, job) in zip(keys, jobs, strict=True):
            for name, data in self.known[key][1].items():
                (job.out / name).write_bytes(data)
        return [self.known[key][0] for key in keys]


def chapter(name: str, work: Path) -> Iterator[Story]:
    """Yield the stories of a chapter; what other programs make for it is kept below `work`."""
    match name:
        case "kept" | "broken":
            made = convert({"bath": word(BATH).data}, "docx", ("doc",) if name == "kept" else ("odt",), work)
            yield from kept(made) if name == "kept" else broken(made)
        case "crude":
            yield from crude()
        case "several":
            yield from several()
        case "later":
            yield from later()
        case "odd":
            yield from odd()
        case "silent":
            yield from silent()
        case "pieces":
            yield from pieces()
        case _:
            work.mkdir()
            yield from films(work) if name == "films" else mixed(work)


def play(tale: Story, settings: Settings, sandbox: Sandbox, folder: Path) -> Iterator[tuple[Sent, Json]]:
    """Yield every mail of a story with what the daemon makes of it."""
    folder.mkdir()
    past = Past()
    with Store.open(f"sqlite:///{folder}/desk.db", Archive(folder)) as store:
        desk = Desk(
            settings.notice, settings.rules, settings.limits, store, sandbox, settings.mailbox.account, "组委会"
        )
        for number, mail in enumerate(tale.mails, 1):
            path = folder / f"{number}.eml"
            path.write_bytes(mail.written(past))
            line = _check_one(Sample(path, mail.at), number, desk)
            letters = tuple(record.letter.message_id for record in store.letters())
            past = Past((*past.lines, line), letters)
            yield mail, line


def held(findings: Sequence[Json]) -> set[str]:
    """Return findings as stories write them, without warnings."""
    return {f["code"] + _MARKS[f["severity"]] for f in findings if f["severity"] in _MARKS}


def differences(mail: Sent, line: Json) -> Iterator[str]:
    """Yield each respect in which an outcome is not the expected one."""
    for key in ("kind", "decision"):
        if line[key] != getattr(mail, key):
            yield f"{key}: {line[key]}, expected {getattr(mail, key)}"
    if bool(line["reply"]) != mail.reply:
        yield f"reply: {bool(line['reply'])}"
    if held(line["findings"]) != set(mail.wrong.split()):
        yield f"findings: {sorted(held(line['findings']))}, expected {mail.wrong!r}"
    text = line["reply"]["text"].replace("\n", "") if line["reply"] else ""
    subject = line["reply"]["subject"] if line["reply"] else ""
    yield from (f"not said: {word}" for word in mail.says if word not in text.replace(" ", "") + text + subject)
    yield from (f"said: {word}" for word in mail.never if word in text)
    if mail.kind in ("submission", "supplement", "correction"):
        yield from _cases(mail.cases or (), line["cases"])


def _cases(expected: Sequence[Case], found: Sequence[Json]) -> Iterator[str]:
    """Compare cases in the order that fits best: which of two comes first is nobody's concern."""
    if len(found) != len(expected):
        yield f"{len(found)} cases, expected {len(expected)}: {[(c['track'], c['title'], sorted(held(c['findings']))) for c in found]}"
        return
    orders = [
        [word for one, other in zip(expected, order, strict=True) for word in _case(one, other)]
        for order in itertools.permutations(found)
    ]
    yield from min(orders, key=len)


def _case(expected: Case, found: Json) -> Iterator[str]:
    if found["track"] != expected.track:
        yield f"track {found['track']}"
    for name, value in expected.fields.items():
        if found[name] != value:
            yield f"{name}: {found[name]!r}, expected {value!r}"
    wrong, maybe = set(expected.wrong.split()), set(expected.maybe.split())
    if unjust := held(found["findings"]) - wrong - maybe:
        yield f"held against {expected.fields.get('title')}: {sorted(unjust)}"
    if missed := wrong - held(found["findings"]):
        yield f"missed in {expected.fields.get('title')}: {sorted(missed)}"


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", CHAPTERS)
def test_the_daemon_reads_as_a_careful_clerk(name: str, tmp_path: Path) -> None:
    settings = load(ROOT / "config.toml", tmp_path)
    wrong = []
    with Remembering(settings.limits, 2, writable=(tmp_path,)) as sandbox:
        for tale in chapter(name, tmp_path / "made"):
            for number, (mail, line) in enumerate(play(tale, settings, sandbox, tmp_path / tale.name), 1):
                wrong += [f"{tale.name} {number}: {word}" for word in differences(mail, line)]
    assert wrong == []
