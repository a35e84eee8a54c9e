"""The demo as a newcomer runs it: every sample ends as expected.toml says, and what it made can be opened."""

import hashlib
import json
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.fixtures.desks import command
from tests.fixtures.expectations import Expected, answered, expectations

pytestmark = pytest.mark.timeout(600)

Line = dict[str, Any]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "out"
    done = command("demo", "--out", folder, timeout=600)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def lines(out: Path) -> dict[str, Line]:
    """What is on record, by sha256 of the mail."""
    told = (json.loads(line) for line in (out / "records.jsonl").read_text(encoding="utf-8").splitlines())
    return {line["message"]["sha256"]: line for line in told}


def line_of(sample: Expected, lines: dict[str, Line]) -> Line:
    return lines[hashlib.sha256(sample.raw).hexdigest()]


def first_copies() -> Iterator[Expected]:
    seen: set[bytes] = set()
    for sample in expectations():
        if sample.raw not in seen:
            seen.add(sample.raw)
            yield sample


def codes(case: Line) -> set[str]:
    return {finding["code"] for finding in case["findings"] if finding["severity"] != "warning"}


@pytest.mark.parametrize("sample", list(first_copies()), ids=lambda sample: sample.name)
def test_a_sample_ends_as_expected(sample: Expected, lines: dict[str, Line]) -> None:
    line = line_of(sample, lines)
    assert (line["kind"], line["decision"], line["reply"] is not None) == (sample.kind, sample.decision, sample.reply)
    found = [(case["track"], case["title"], case["decision"], codes(case)) for case in line["cases"]]
    wanted = [(case["track"], case["title"], case["decision"], set(case["codes"])) for case in sample.cases]
    assert sorted(found, key=str) == sorted(wanted, key=str)


def test_every_reply_went_over_the_wire_once(out: Path) -> None:
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in (out / "replies").iterdir()]
    replies = [mail for mail in mails if mail["Auto-Submitted"] == "auto-replied"]
    assert len(replies) == answered(list(first_copies()))
    assert len({mail["In-Reply-To"] for mail in replies}) == len(replies)
    assert all(mail["X-Auto-Response-Suppress"] for mail in replies)


def test_the_digest_and_the_workbook_can_be_opened(out: Path, lines: dict[str, Line]) -> None:
    assert "收件日报" in (out / "digest.html").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(out / "cases.xlsx")
    numbers = {case["number"] for line in lines.values() for case in line["cases"]}
    shown = {cell.value for row in book.worksheets[0].iter_rows() for cell in row}
    assert numbers <= shown


def test_materials_are_laid_out_by_track_unit_and_case(out: Path) -> None:
    folders = {
        path.parent.relative_to(out / "materials").parts for path in (out / "materials").rglob("*") if path.is_file()
    }
    assert {parts[0] for parts in folders} == {"文字", "视频"}
    assert all(len(parts) == 3 for parts in folders)
