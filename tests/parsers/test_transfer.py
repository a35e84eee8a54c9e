"""Transfer encodings come undone in pieces, however the pieces fall."""

import base64
import binascii
import quopri
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from parsers.message.transfer import Transfer, uu_split, write_blob


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@given(st.binary(max_size=400), st.integers(1, 50))
def test_base64_comes_back(data: bytes, size: int) -> None:
    transfer = Transfer("Base64 ")
    assert b"".join(transfer.decode(pieces(base64.encodebytes(data), size))) == data
    assert transfer.complete


@given(st.binary(max_size=400), st.integers(1, 50))
def test_quoted_printable_comes_back(data: bytes, size: int) -> None:
    encoded = quopri.encodestring(data)
    assert b"".join(Transfer("quoted-printable").decode(pieces(encoded, size))) == quopri.decodestring(encoded)


@given(st.binary(max_size=400), st.integers(1, 50), st.sampled_from(["7bit", "8bit", "binary", "", "x-unknown"]))
def test_labels_that_encode_nothing_change_nothing(data: bytes, size: int, label: str) -> None:
    assert b"".join(Transfer(label).decode(pieces(data, size))) == data


def test_joined_base64_goes_on_after_its_padding() -> None:
    data = base64.b64encode(b"a") + b"\r\n" + base64.b64encode(b"bc")
    assert b"".join(Transfer("base64").decode([data])) == b"abc"


def test_garbage_between_digits_is_passed_over() -> None:
    assert b"".join(Transfer("base64").decode([b"YW!Jj\xff\r\n ZGVm"])) == b"abcdef"


def test_base64_that_breaks_off_says_so() -> None:
    transfer = Transfer("base64")
    assert b"".join(transfer.decode([b"YWJjZGV"])) == b"abcde"
    assert not transfer.complete


def uuencoded(name: str, data: bytes) -> bytes:
    lines = b"".join(binascii.b2a_uu(piece) for piece in pieces(data, 45))
    return b"begin 644 " + name.encode("gbk") + b"\n" + lines + b"`\nend\n"


@given(st.binary(min_size=1, max_size=300))
def test_uuencoded_files_are_lifted_out_of_text(data: bytes) -> None:
    text, files = uu_split(b"before\n" + uuencoded("表.pdf", data) + b"after\n")
    assert text == b"before\nafter\n"
    assert files == (("表.pdf".encode("gbk"), data),)


@given(st.binary(max_size=300))
def test_no_text_raises(data: bytes) -> None:
    uu_split(b"begin 644 x\n" + data + b"\nend\n")


def test_the_same_bytes_are_one_file(tmp_path: Path) -> None:
    one, two = write_blob([b"a", b"b"], tmp_path), write_blob([b"ab"], tmp_path)
    assert one == two
    assert one.path.read_bytes() == b"ab"
    assert one.size == 2
    assert list(tmp_path.iterdir()) == [one.path]
