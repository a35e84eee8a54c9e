"""Exact match of every form field over the labelled forms, and milliseconds a document beside bare python-docx.

.venv/bin/python -m bench.accuracy_forms [--no-office]
"""

import sys
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import docx

from bench.table import Figure, share, table
from domain.facts import FormFields
from domain.kinds import Kind
from domain.notice import FormTemplate
from parsers.registry import ReadJob, read_file
from tests.fixtures.make_forms import Sample, converted, mixed, written
from tests.fixtures.make_forms_entries import FIELDS, Entry
from tests.fixtures.make_forms_office import soffice

CONFIG = Path(__file__).parents[1] / "config.toml"


@dataclass
class Score:
    """What came of reading the samples."""

    documents: int = 0
    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)  #: "sample: field"
    milliseconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    bare: list[float] = field(default_factory=list)  #: docx.Document(path) on the same .docx

    @property
    def exact(self) -> float:
        return self.right.total() / max(self.asked.total(), 1)


def score(samples: Iterable[Sample], work: Path) -> Score:
    """Read every sample and compare each field of each form exactly."""
    notice = tomllib.loads(CONFIG.read_text())["notice"]
    templates = tuple(FormTemplate(**form) for form in notice["forms"])
    result = Score()
    for sample in samples:
        path = work / sample.name
        path.write_bytes(sample.data)
        job = ReadJob(kind=sample.kind, out=work, templates=templates, commitment=notice["commitment"])
        begun = time.perf_counter()
        facts = read_file(path, job)
        result.milliseconds[sample.kind].append((time.perf_counter() - begun) * 1000)
        _time_bare(sample, path, result)
        result.documents += 1
        _compare(sample, facts.forms, result)
    return result


def _time_bare(sample: Sample, path: Path, result: Score) -> None:
    if sample.kind is not Kind.DOCX:
        return
    begun = time.perf_counter()
    try:
        docx.Document(str(path))
    except (KeyError, ValueError):  # strict, macros, dangling: python-docx refuses
        return
    result.bare.append((time.perf_counter() - begun) * 1000)


def _compare(sample: Sample, read: tuple[FormFields, ...], result: Score) -> None:
    result.asked["forms"] += 1
    result.right["forms"] += len(read) == len(sample.forms)
    if len(read) != len(sample.forms):
        result.wrong.append(f"{sample.name}: {len(read)} forms, not {len(sample.forms)}")
    for number, entry in enumerate(sample.forms):
        form = read[number] if number < len(read) else FormFields()
        for name, wanted in _truth(entry).items():
            got = getattr(form, name)
            result.asked[name] += 1
            result.right[name] += got == wanted
            if got != wanted:
                result.wrong.append(f"{sample.name}#{number + 1}: {name}: {got!r:.70} not {wanted!r:.70}")


def _truth(entry: Entry) -> dict[str, object]:
    return {
        **{name: entry.truth[name] for name in FIELDS},
        "annex": entry.annex,
        "commitment": entry.commitment,
        "unit": entry.unit,
    }


def measure(*, office: bool = True) -> Score:
    """Make and read all forms. `office`: with those that LibreOffice makes."""
    with TemporaryDirectory() as directory:
        work = Path(directory)
        samples = [*written(), *mixed()]
        if office and soffice():
            samples += converted(work / "office")
        return score(samples, work)


def figures(result: Score) -> tuple[Figure, ...]:
    return (share("Word form fields exact", result.right.total(), result.asked.total(), 0.995, result.wrong),)


def main() -> None:
    result = measure(office="--no-office" not in sys.argv)
    for name, asked in result.asked.items():
        print(f"{name:12} {result.right[name]:5} / {asked:5}")
    for kind, times in result.milliseconds.items():
        print(f"{kind:12} {len(times):4} documents, median {median(times):.1f} ms, most {max(times):.1f} ms")
    print(
        f"python-docx  {len(result.bare):4} documents opened, median {median(result.bare):.1f} ms, most {max(result.bare):.1f} ms"
    )
    print(table(figures(result)))


if __name__ == "__main__":
    main()
