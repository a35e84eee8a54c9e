"""Another call is another folder below examples/ and no code: its demo ends as its own expected.toml says."""

import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from daemon.demo import EXAMPLES
from tests.daemon.test_demo import Line, codes, line_of
from tests.fixtures import make_essays
from tests.fixtures.desks import command
from tests.fixtures.expectations import answered, expectations
from tests.fixtures.make_samples import expected_toml

CALLS = sorted(path.parent.name for path in EXAMPLES.glob("*/config.toml"))
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module", params=CALLS)
def call(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def out(call: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(call) / "out"
    done = command("demo", "--call", call, "--out", folder, timeout=600)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def lines(out: Path) -> dict[str, Line]:
    told = (json.loads(line) for line in (out / "records.jsonl").read_text(encoding="utf-8").splitlines())
    return {line["message"]["sha256"]: line for line in told}


@pytest.fixture(scope="module")
def letters(out: Path) -> list[str]:
    """The text of every reply that went over the wire."""
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in (out / "replies").iterdir()]
    bodies = [mail.get_body(("plain",)) for mail in mails if mail["Auto-Submitted"] == "auto-replied"]
    return [body.get_content() for body in bodies if body]


def test_every_sample_ends_as_expected(call: str, lines: dict[str, Line]) -> None:
    for sample in expectations(EXAMPLES / call / "mails"):
        line = line_of(sample, lines)
        told = (line["kind"], line["decision"], line["reply"] is not None)
        assert told == (sample.kind, sample.decision, sample.reply), sample.name
        found = [(case["track"], case["title"], case["decision"], codes(case)) for case in line["cases"]]
        wanted = [(case["track"], case["title"], case["decision"], set(case["codes"])) for case in sample.cases]
        assert sorted(found, key=str) == sorted(wanted, key=str), sample.name


def test_every_reply_went_out_once_and_speaks_of_this_call_alone(call: str, letters: list[str]) -> None:
    assert len(letters) == answered(expectations(EXAMPLES / call / "mails"))
    ours = ("潍坊", "信用", "案例", "申报", "成果", "单位意见", "2023", "公章", "视频", "组委会")
    assert [(word, letter) for letter in letters for word in ours if word in letter] == []


def test_receipts_count_in_the_year_of_the_call(lines: dict[str, Line]) -> None:
    numbers = {case["number"] for line in lines.values() for case in line["cases"]}
    assert sorted(numbers)[:2] == ["2025-W-0001", "2025-W-0002"]


def test_the_samples_are_those_the_generator_makes() -> None:
    made = list(make_essays.samples())
    assert {f"{sample.name}.eml": sample.raw for sample in made} == {
        path.name: path.read_bytes() for path in make_essays.FOLDER.glob("*.eml")
    }
    assert expected_toml(made) == (make_essays.FOLDER / "expected.toml").read_text(encoding="utf-8")


def test_a_call_that_is_not_there_is_told_in_one_line() -> None:
    done = command("demo", "--call", "nowhere")
    assert (done.returncode, "no such call" in done.stderr) == (2, True)
