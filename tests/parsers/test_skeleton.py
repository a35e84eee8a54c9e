"""A message's structure is read without its bulk, and the bulk is found again byte for byte."""

import base64
import random
from pathlib import Path

import pytest

from parsers.message.mime import payload_bytes
from parsers.message.skeleton import Skeleton, read_skeleton
from tests.fixtures.mails import lines64, mixed, part

DATA = random.Random(7).randbytes(400_000)


def read(raw: bytes, tmp_path: Path) -> Skeleton:
    file = tmp_path / "raw.eml"
    file.write_bytes(raw)
    return read_skeleton(file)


def bodies(skeleton: Skeleton) -> list[bytes]:
    leaves = [node for node in skeleton.root.walk() if not node.is_multipart()]
    return [base64.b64decode(b"".join(skeleton.expand(payload_bytes(leaf)))) for leaf in leaves]


def test_bulk_is_left_out_and_found_again(tmp_path: Path) -> None:
    skeleton = read(mixed(part("X: 1", DATA), part("X: 2", b"short"), part("X: 3", DATA[::-1])), tmp_path)
    assert len(skeleton.runs) == 2
    assert sum(len(payload_bytes(node)) for node in skeleton.root.walk()) < 300_000
    assert bodies(skeleton) == [DATA, b"short", DATA[::-1]]


@pytest.mark.parametrize("shift", range(0, 80, 7))
def test_no_boundary_or_header_is_lost_wherever_a_block_ends(shift: int, tmp_path: Path) -> None:
    filler = "X-Filler: " + "y" * (65536 - 400 + shift * 5)
    skeleton = read(mixed(part(f"{filler}\nX: 1", DATA), part("X: 2", DATA)), tmp_path)
    assert bodies(skeleton) == [DATA, DATA]


def test_a_marker_written_by_a_sender_is_only_text(tmp_path: Path) -> None:
    forged = b"@bulk-" + b"0" * 32 + b"-0@\r\n"
    skeleton = read(mixed(part("Content-Type: text/plain", forged, encoded=False), part("X: 1", DATA)), tmp_path)
    text = payload_bytes(list(skeleton.root.walk())[1])
    assert b"".join(skeleton.expand(text)) == forged[:-2] + text[len(forged) - 2 :]


def test_a_mail_of_nothing_but_base64_digits_is_read(tmp_path: Path) -> None:
    raw = lines64(DATA).encode()
    skeleton = read(raw, tmp_path)
    assert b"".join(skeleton.expand(payload_bytes(skeleton.root))) == raw


def test_defects_come_from_mail_parser(tmp_path: Path) -> None:
    assert "CloseBoundaryNotFoundDefect" in read(mixed(part("X: 1", b"a"), closed=False), tmp_path).defects


def test_a_sound_mail_has_no_defects(tmp_path: Path) -> None:
    assert read(mixed(part("X: 1", b"a")), tmp_path).defects == ()


def test_a_mail_nested_too_deep_for_the_parser_keeps_its_header_and_its_bulk_once(tmp_path: Path) -> None:
    head = b"Subject: deep\r\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (level, level) for level in range(2000)
    )
    skeleton = read(head + b"\r\n" + lines64(DATA).encode(), tmp_path)
    assert (skeleton.root["subject"], len(skeleton.runs)) == ("deep", 1)
    assert skeleton.defects


def test_an_endless_header_field_is_cut_and_told(tmp_path: Path) -> None:
    folded = b"To: " + b"a@b.cn,\r\n " * 60_000 + b"z@b.cn\r\n"
    skeleton = read(folded + b"Subject: " + b"x" * 900_000 + b"\r\nFrom: a@b.cn\r\n\r\nbody", tmp_path)
    assert [key for key, _ in skeleton.root.raw_items()] == ["To", "Subject", "From"]
    assert all(len(value) < 140_000 for _, value in skeleton.root.raw_items())
    assert payload_bytes(skeleton.root) == b"body"
    assert "a header field was longer than any real one" in skeleton.defects


@pytest.mark.parametrize("levels", [100, 3000])
def test_parts_nested_without_end_are_read_as_text(levels: int, tmp_path: Path) -> None:
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(levels))
    skeleton = read(b"From: a@b.cn\r\n" + nested + b"\r\nend", tmp_path)
    assert not skeleton.root.is_multipart()
    assert skeleton.root["From"] == "a@b.cn"
    assert skeleton.defects
