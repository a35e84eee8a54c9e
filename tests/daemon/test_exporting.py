"""Records leave the desk safely: names never become paths, cells never become formulas."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon import exporting
from daemon.exporting import _free, _safe, cell
from domain.case import Outcome, Verdict
from domain.kinds import Decision, MessageKind, Role
from domain.records import Arrival
from store.archive import Archive
from store.desk import Store
from tests.fixtures.cases import IN_TIME, mail, material, notice, reading, text_case


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\Windows\\申报表.docx", "C_Windows_申报表.docx"),
        ("con.docx", "_con.docx"),
        ("...", "_"),
        ("申报表\r\n.docx", "申报表 .docx"),
        ("a" * 300 + ".docx", "a" * 115 + ".docx"),
    ],
)
def test_a_name_is_one_name_on_every_system(name: str, safe: str) -> None:
    assert _safe(name, 120) == safe


@given(st.text(max_size=300))
def test_no_name_leaves_its_folder(name: str) -> None:
    safe = _safe(name, 120)
    assert safe
    assert len(safe) <= 121
    assert not set(safe) & set('/\\:*?"<>|\0')
    assert not safe.startswith(".")


def test_two_files_of_one_name_are_both_kept() -> None:
    taken: set[str] = set()
    assert [_free(name, taken) for name in ("表.docx", "表.docx", "表.DOCX")] == [
        "表.docx",
        "表 (2).docx",
        "表 (3).DOCX",
    ]
    assert len(taken) == 3


@pytest.mark.parametrize("start", "=+-@＝＋－＠")
def test_a_cell_is_no_formula(start: str) -> None:
    assert cell(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"
    assert cell("普通文字") == "普通文字"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one case whose file has a hostile name."""
    with Store.open(f"sqlite:///{tmp_path}/desk.db", Archive(tmp_path / "archive")) as opened:
        sha256 = opened.archive.add_bytes(b"Subject: x\r\n\r\n")
        arrival = Arrival(
            account="a", folder="INBOX", uidvalidity=1, uid=1, sha256=sha256, size=14, received_at=IN_TIME
        )
        opened.record_arrival(arrival, IN_TIME)
        form = material(Role.WORD_FORM, name="=1+1.docx").model_copy(update={"message_sha256": sha256})
        part = form.part.model_copy(update={"sha256": opened.archive.add_bytes(b"PK"), "filename": "../申报表.docx"})
        case = text_case(form.model_copy(update={"part": part}), number="2023-W-0001", title="=HYPERLINK(1)")
        told = reading(mail=mail(sha256=sha256))
        opened.save_mail(sha256, told.mail)
        with opened.begin(IN_TIME) as tx:
            tx.next_number(2023, case.track)
            verdict = Verdict(case=case, decision=Decision.ACCEPTED)
            tx.save_outcome(
                Outcome(reading=told, kind=MessageKind.SUBMISSION, decision=Decision.ACCEPTED, verdicts=(verdict,))
            )
            tx.finish(sha256)
        yield opened


def test_materials_stay_below_the_folder_given(store: Store, tmp_path: Path) -> None:
    assert exporting.lay_out(store, notice(), tmp_path / "out").count == 1
    (file,) = (path for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert file.relative_to(tmp_path / "out").parts == ("文字", "昌乐县", "2023-W-0001 =HYPERLINK(1)", "_申报表.docx")


def test_json_lines_have_every_key(store: Store, tmp_path: Path) -> None:
    exporting.export(store, notice(), "jsonl", tmp_path / "out.jsonl")
    (line,) = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert set(told) == {"file", "message", "kind", "subject", "decision", "findings", "cases", "attachments", "reply"}
    assert set(told["cases"][0]) == {
        "number", "track", "title", "unit", "contact", "phone", "email", "address", "category", "highlights", "content",
        "commitment", "word_form", "pdf_form", "seal", "text_length", "video", "links", "decision", "findings",
    }  # fmt: skip


def test_csv_quotes_what_would_be_a_formula(store: Store, tmp_path: Path) -> None:
    exporting.export(store, notice(), "csv", tmp_path / "out.csv")
    assert "'=HYPERLINK(1)" in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
