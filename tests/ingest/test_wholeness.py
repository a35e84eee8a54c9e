import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.wholeness import Wholeness
from tests.fixtures.raw_mails import multipart, plain

HEAD = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\ntext\r\n'


def complete(raw: bytes, piece: int = 1000) -> bool:
    whole = Wholeness()
    for start in range(0, len(raw), piece):
        whole.feed(raw[start : start + piece])
    return whole.complete


@pytest.mark.parametrize(
    ("raw", "whole"),
    [
        (plain(), True),
        (b"", True),
        (b"Subject: only a header", True),
        (HEAD + b"--b--\r\n", True),
        (HEAD + b"--b--", True),
        (HEAD + b"--b--\r\nan epilogue" + b"x" * 5000, True),
        (HEAD, False),
        (HEAD + b"--b\r\n", False),
        (HEAD + b"--b-", False),
        (HEAD + b"text --b-- inside a line\r\n", False),
        (HEAD.replace(b"\r\n", b"\n") + b"--b--\n", True),
        (HEAD.replace(b"\r\n", b"\n"), False),
        (b'Content-Type: multipart/mixed; boundary="b', False),
        (b"Content-Type: multipart/mixed\r\n\r\nno boundary at all", True),
        (b"Content-Type: multipart/mixed; boundary*=nonesuch''%62\r\n\r\n--b\r\n", False),
        (b"Content-Type: text/plain; boundary=b\r\n\r\n--b\r\n", True),
        (b"Content-Type: multipart/mixed;\r\n boundary=\"=_\xd6\xd0\"\r\n\r\n--=_\xd6\xd0\r\n\r\n--=_\xd6\xd0--\r\n", True),
        (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b--\r\n", True),
        (b"X: " + b"x" * 300_000 + b"\r\n" + HEAD, True),
    ],
)  # fmt: skip
def test_a_multipart_is_whole_when_its_closing_delimiter_came(raw: bytes, whole: bool) -> None:
    assert complete(raw) is whole


@given(st.integers(1, 60), st.booleans())
def test_how_it_is_cut_into_pieces_means_nothing(piece: int, cut: bool) -> None:
    raw = multipart(300)
    assert complete(raw[:-5] if cut else raw, piece) is not cut


@given(st.binary(max_size=400))
def test_no_header_upsets_it(junk: bytes) -> None:
    complete(b"Content-Type: multipart/mixed; boundary" + junk)
