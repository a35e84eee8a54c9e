"""An archive cut into pieces is one archive again when a mail brings them all."""

import io
import zipfile
from pathlib import Path

import pytest

from domain.notice import Limits
from parsers.mail import read_mail
from tests.fixtures.mails import attach, mail


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("申报表.txt", "案例题目 信用积分惠民" * 50)
    return out.getvalue()


def cut(data: bytes, count: int) -> list[bytes]:
    size = -(-len(data) // count)
    return [data[at : at + size] for at in range(0, len(data), size)]


def read(tmp_path: Path, pieces: dict[str, bytes]) -> tuple[list[str], list[tuple[str, str]]]:
    raw, out = tmp_path / "a.eml", tmp_path / "out"
    out.mkdir()
    raw.write_bytes(mail("netease", attach=[attach(name, data) for name, data in pieces.items()]))
    read = read_mail(raw, out, Limits())
    return [part.path for part in read.parts], [(problem.path, problem.problem) for problem in read.archive_problems]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2)])
def test_pieces_are_put_together_in_the_order_of_their_numbers(tmp_path: Path, order: tuple[int, ...]) -> None:
    pieces = dict(zip((1, 2, 3), cut(archive(), 3), strict=True))
    paths, problems = read(tmp_path, {f"材料.zip.{number:03d}": pieces[number] for number in order})
    assert "材料.zip/申报表.txt" in paths
    assert problems == []


@pytest.mark.parametrize("numbers", [(1,), (1, 3), (2, 3)])
def test_pieces_that_are_not_all_there_are_told_and_nobody_is_blamed(tmp_path: Path, numbers: tuple[int, ...]) -> None:
    pieces = dict(zip((1, 2, 3), cut(archive(), 3), strict=True))
    paths, problems = read(tmp_path, {f"材料.zip.{number:03d}": pieces[number] for number in numbers})
    assert len(paths) == len(numbers)
    assert problems == [(f"材料.zip.{number:03d}", "volume") for number in numbers]
