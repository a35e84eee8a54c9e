"""winmail.dat: the files and the words inside."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.notice import Limits
from parsers.archive import Unpacked
from parsers.archives.tnef import unpack_tnef
from tests.fixtures.make_archives import tnef_of

FILES = {"申报表.docx".encode("gbk"): b"docx", "盖章.pdf".encode("gbk"): b"%PDF-1.4"}


def unpacked(folder: Path, content: bytes, limits: Limits | None = None) -> Unpacked:
    path, out = folder / "winmail.dat", folder / "out"
    path.write_bytes(content)
    out.mkdir(exist_ok=True)
    return unpack_tnef(path, out, limits)


def test_files_come_out_under_their_names(tmp_path: Path) -> None:
    result = unpacked(tmp_path, tnef_of(FILES))
    assert {member.name: member.path.read_bytes() for member in result.members} == {
        "申报表.docx": b"docx", "盖章.pdf": b"%PDF-1.4",
    }  # fmt: skip
    assert result.problems == ()


def test_the_words_come_first(tmp_path: Path) -> None:
    result = unpacked(tmp_path, tnef_of(FILES, body="请查收".encode("gbk")))
    assert [member.name for member in result.members] == ["message.txt", "申报表.docx", "盖章.pdf"]


def test_limits_hold(tmp_path: Path) -> None:
    result = unpacked(tmp_path, tnef_of(FILES), Limits(archive_files=1))
    assert [problem.problem for problem in result.problems] == ["too_many"]


@pytest.mark.parametrize("content", [b"", b"\x78\x9f\x3e\x22", b"x" * 100])
def test_what_is_no_tnef_is_corrupt(tmp_path: Path, content: bytes) -> None:
    result = unpacked(tmp_path, content)
    assert result.members == ()
    assert {problem.problem for problem in result.problems} <= {"corrupt"}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, 1), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=5))
def test_damage_never_raises(tmp_path: Path, cut: float, damage: list[tuple[float, int]]) -> None:
    content = bytearray(tnef_of(FILES, body=b"text")[: int(400 * cut) + 7])
    for place, value in damage:
        content[int(place * (len(content) - 1))] = value
    unpacked(tmp_path, bytes(content))
