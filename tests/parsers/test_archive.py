"""Archives: every way of writing names, every way of packing, and the limits that hold against bombs."""

import gzip
import hashlib
import shutil
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.kinds import Kind
from domain.notice import Limits
from parsers.archive import Unpacked, is_junk, safe_path, unpack
from parsers.kinds.sniffing import sniff
from tests.fixtures import make_archives as make

FORM = "申报表.docx"
LIMITS = Limits()
DATA = "潍坊市信用典型案例".encode() * 50


def unpacked(
    folder: Path, content: bytes, *passwords: str, limits: Limits = LIMITS, kind: Kind | None = None
) -> Unpacked:
    path, out = folder / "archive", folder / "out"
    path.write_bytes(content)
    out.mkdir(exist_ok=True)
    result = unpack(path, kind or sniff(path)[0], out, limits, passwords)
    kept = {member.sha256 for member in result.members}
    assert {file.name for file in out.iterdir()} == kept, "nothing but members is left in the folder"
    for member in result.members:
        data = member.path.read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (member.sha256, member.size)
    return result


def names(result: Unpacked) -> list[str]:
    return [member.name for member in result.members]


def problems(result: Unpacked) -> list[tuple[str, str]]:
    return [(problem.path, problem.problem) for problem in result.problems]


NAME_VARIANTS = [
    ("Windows: GBK, no flag", FORM.encode("gbk"), 0, b""),
    ("macOS: UTF-8, no flag", FORM.encode(), 0, b""),
    ("UTF-8 with its flag", FORM.encode(), make.UTF8_FLAG, b""),
    ("GBK with the UTF-8 flag, at which ZipFile raises", FORM.encode("gbk"), make.UTF8_FLAG, b""),
    ("7-Zip: Unicode path beside a lossy name", b"???.docx", 0, make.unicode_path(b"???.docx", FORM)),
    ("a Unicode path that belongs to another name", FORM.encode("gbk"), 0, make.unicode_path(b"x", "错.docx")),
]


@pytest.mark.parametrize(("_", "raw", "flags", "extra"), NAME_VARIANTS, ids=[v[0] for v in NAME_VARIANTS])
def test_names_are_read_as_the_sender_sees_them(tmp_path: Path, _: str, raw: bytes, flags: int, extra: bytes) -> None:
    result = unpacked(tmp_path, make.zip_one(raw, DATA, flags=flags, extra=extra))
    assert names(result) == [FORM]
    assert result.members[0].path.read_bytes() == DATA


def test_a_backslash_inside_a_gbk_character_is_no_separator(tmp_path: Path) -> None:
    raw = "陰謀\\謀略.docx".encode("gbk")
    assert raw.count(b"\\") == 3
    assert names(unpacked(tmp_path, make.zip_of({raw: DATA}))) == ["陰謀/謀略.docx"]


def test_gbk_that_happens_to_be_valid_utf8_is_read_as_gbk(tmp_path: Path) -> None:
    raw = "联系".encode("gbk")
    for name in ("聪.txt", "摹.txt"):
        raw = name.encode("gbk")
        assert names(unpacked(tmp_path, make.zip_of({raw: DATA}))) == [name]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/absolute/x.docx", "absolute/x.docx"),
        ("C:\\材料\\x.docx", "材料/x.docx"),
        ("..\\..\\x.docx", "x.docx"),
        ("a//b/./c.docx", "a/b/c.docx"),
        ("..", "无名文件"),
        ("", "无名文件"),
        ("a/b/c/d/e/f/g/h/i/j.docx", "c/d/e/f/g/h/i/j.docx"),
    ],
)
def test_names_lead_nowhere(name: str, safe: str) -> None:
    assert safe_path(name) == safe


@pytest.mark.parametrize("method", [0, 8])
def test_methods_without_and_with_compression(tmp_path: Path, method: int) -> None:
    assert names(unpacked(tmp_path, make.zip_of({b"a.txt": DATA}, method=method))) == ["a.txt"]


def test_bzip2_and_lzma_and_deflate64(tmp_path: Path) -> None:
    import bz2
    import io
    import zipfile

    import inflate64

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("l.txt", DATA * 5000)
    assert unpacked(tmp_path, buffer.getvalue()).members[0].size == len(DATA) * 5000
    packed = bz2.compress(DATA)
    assert names(unpacked(_fresh(tmp_path, 1), make.zip_one(b"b", DATA, method=12, packed=packed))) == ["b"]
    deflater = inflate64.Deflater()
    packed = deflater.deflate(DATA) + deflater.flush()
    assert names(unpacked(_fresh(tmp_path, 2), make.zip_one(b"d", DATA, method=9, packed=packed))) == ["d"]


def _fresh(folder: Path, number: int) -> Path:
    fresh = folder / str(number)
    fresh.mkdir()
    return fresh


def test_zip64_fields_are_read(tmp_path: Path) -> None:
    assert names(unpacked(tmp_path, make.zip64(b"big.mp4", DATA))) == ["big.mp4"]


def test_bytes_before_the_zip_do_not_matter(tmp_path: Path) -> None:
    content = b"MZ self-extractor" + make.zip_of({b"a.txt": DATA})
    assert names(unpacked(tmp_path, content, kind=Kind.ZIP)) == ["a.txt"]


def test_leavings_of_systems_are_passed_over(tmp_path: Path) -> None:
    files = ["__MACOSX/._a.docx", ".DS_Store", "材料/Thumbs.db", "~$报表.docx", "._x", "材料/", "材料/a.docx"]
    content = make.zip_of([(name.encode(), b"" if name.endswith("/") else DATA) for name in files])
    assert names(unpacked(tmp_path, content)) == ["材料/a.docx"]
    assert not is_junk("材料~$.docx")


def test_links_are_passed_over(tmp_path: Path) -> None:
    result = unpacked(tmp_path, make.zip_one(b"link", b"/etc/passwd", mode=0o120777))
    assert result == Unpacked()


@pytest.mark.parametrize("lock", [make.zip_locked, make.zip_aes])
def test_a_locked_zip_opens_by_a_password_of_the_mail(tmp_path: Path, lock: object) -> None:
    for number, password in enumerate(("a1", "密码2023")):
        for charset in ("utf-8", "gbk"):
            content = lock(b"a.txt", DATA, password.encode(charset))  # type: ignore[operator] # one of two makers
            folder = _fresh(tmp_path, number * 2 + (charset == "gbk"))
            result = unpacked(folder, content, "wrong", password)
            assert result.members[0].path.read_bytes() == DATA


@pytest.mark.parametrize("passwords", [(), ("wrong",), tuple(f"wrong{n}" for n in range(300))])
@pytest.mark.parametrize("lock", [make.zip_locked, make.zip_aes])
def test_a_locked_zip_without_its_password_is_told(tmp_path: Path, lock: object, passwords: tuple[str, ...]) -> None:
    content = lock(b"a.txt", DATA, b"secret")  # type: ignore[operator] # one of two makers
    assert problems(unpacked(tmp_path, content, *passwords)) == [("a.txt", "encrypted")]


def test_a_tampered_aes_member_is_corrupt(tmp_path: Path) -> None:
    content = make.zip_aes(b"a.txt", DATA, b"secret", tampered=True)
    assert problems(unpacked(tmp_path, content, "secret")) == [("a.txt", "corrupt")]


def test_one_broken_member_does_not_cost_the_others(tmp_path: Path) -> None:
    content = bytearray(make.zip_of([(b"a.txt", DATA), (b"b.txt", DATA + b"b"), (b"c.txt", DATA + b"c")], method=0))
    content[content.index(DATA + b"b") + 5] ^= 0xFF
    result = unpacked(tmp_path, bytes(content))
    assert names(result) == ["a.txt", "c.txt"]
    assert problems(result) == [("b.txt", "corrupt")]


@pytest.mark.parametrize("method", [1, 6, 97, 98])
def test_an_unknown_method_is_told(tmp_path: Path, method: int) -> None:
    assert problems(unpacked(tmp_path, make.zip_of({b"a": DATA}, method=method))) == [("a", "unsupported")]


def test_a_ratio_no_document_has_is_a_bomb(tmp_path: Path) -> None:
    content = make.zip_of({b"zeros": bytes(100 << 20)})
    assert problems(unpacked(tmp_path, content)) == [("", "bomb")]


def test_a_blank_bitmap_is_no_bomb(tmp_path: Path) -> None:
    assert names(unpacked(tmp_path, make.zip_of({b"blank.bmp": bytes(20 << 20)}))) == ["blank.bmp"]


def test_members_that_overlap_are_a_bomb(tmp_path: Path) -> None:
    assert problems(unpacked(tmp_path, make.zip_overlapping())) == [("", "bomb")]


def test_a_size_that_lies_does_not_help(tmp_path: Path) -> None:
    content = make.zip_one(b"small", bytes(3 << 20), size=10)
    assert problems(unpacked(tmp_path, content, limits=Limits(archive_bytes=1 << 20))) == [("", "bomb")]


def test_too_many_files_stop_it_and_keep_the_first(tmp_path: Path) -> None:
    content = make.zip_of({f"{number}.txt".encode(): str(number).encode() for number in range(12)})
    result = unpacked(tmp_path, content, limits=Limits(archive_files=10))
    assert len(result.members) == 10
    assert problems(result) == [("", "too_many")]


def test_volumes_are_told(tmp_path: Path) -> None:
    whole = make.zip_of({b"a.txt": DATA})
    assert problems(unpacked(tmp_path, b"PK\x07\x08" + whole[:60])) == [("", "volume")]
    last = whole[:-22] + make.zip_end(1, 51, len(whole) - 73, disk=2)
    assert problems(unpacked(_fresh(tmp_path, 1), last)) == [("", "volume")]


def test_a_zip_cut_off_is_corrupt(tmp_path: Path) -> None:
    assert problems(unpacked(tmp_path, make.zip_of({b"a.txt": DATA})[:-30])) == [("", "corrupt")]


@pytest.mark.parametrize("packing", ["", "gz", "bz2", "xz"])
def test_tars_are_read(tmp_path: Path, packing: str) -> None:
    result = unpacked(tmp_path, make.tar_of({"材料/" + FORM: DATA, "../../b.txt": b"b", "._x": b"x"}, packing=packing))
    assert names(result) == ["材料/" + FORM, "b.txt"]


@pytest.mark.parametrize("gnu", [True, False])
def test_tar_names_in_gbk_and_long_ones(tmp_path: Path, gnu: bool) -> None:
    long = "很长的名字" * 10 + ".docx"
    result = unpacked(tmp_path, make.tar_of({long: DATA}, encoding="gbk", gnu=gnu))
    assert names(result) == [long]


def test_a_packed_single_file_keeps_the_name_in_its_header(tmp_path: Path) -> None:
    plain = gzip.compress(DATA)
    assert names(unpacked(tmp_path, plain)) == ["content"]
    named = plain[:3] + b"\x08" + plain[4:10] + FORM.encode("gbk") + b"\x00" + plain[10:]
    assert names(unpacked(_fresh(tmp_path, 1), named)) == [FORM]


def test_a_gzip_bomb_is_stopped_while_it_streams(tmp_path: Path) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    content = b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush()
    assert problems(unpacked(tmp_path, content)) == [("", "bomb")]


def test_a_tar_whose_members_are_passed_over_is_stopped_too(tmp_path: Path) -> None:
    content = make.tar_of({"._x": bytes(200 << 20)}, packing="gz")
    assert problems(unpacked(tmp_path, content)) == [("", "bomb")]


def test_a_tar_cut_off_keeps_what_came_before(tmp_path: Path) -> None:
    content = make.tar_of({"a.txt": DATA, "b.bin": bytes(range(256)) * 100})
    result = unpacked(tmp_path, content[: 512 + 1024 * 3])
    assert names(result) == ["a.txt"]
    assert problems(result) == [("", "corrupt")]


def test_7z_is_read(tmp_path: Path) -> None:
    files = {"材料/" + FORM: DATA, "材料/Thumbs.db": b"x", "b.txt": b"b", "empty.txt": b""}
    assert sorted(names(unpacked(tmp_path, make.sevenzip_of(files)))) == ["b.txt", "empty.txt", "材料/" + FORM]


@pytest.mark.parametrize("hide_names", [False, True])
def test_a_locked_7z_opens_by_a_password_of_the_mail(tmp_path: Path, hide_names: bool) -> None:
    content = make.sevenzip_of({FORM: DATA}, password="密码8", hide_names=hide_names)
    assert problems(unpacked(tmp_path, content)) == [("", "encrypted")]
    assert problems(unpacked(_fresh(tmp_path, 1), content, "wrong")) == [("", "encrypted")]
    result = unpacked(_fresh(tmp_path, 2), content, "wrong", "密码8")
    assert names(result) == [FORM]
    assert result.members[0].path.read_bytes() == DATA


def test_7z_names_lead_nowhere(tmp_path: Path) -> None:
    content = make.sevenzip_of({"up/x.txt": DATA})
    assert names(unpacked(tmp_path, content)) == ["up/x.txt"]


def test_a_7z_bomb_is_stopped(tmp_path: Path) -> None:
    content = make.sevenzip_of({"zeros": bytes(100 << 20)})
    assert problems(unpacked(tmp_path, content)) == [("", "bomb")]


def test_a_7z_of_too_many_files_is_stopped(tmp_path: Path) -> None:
    content = make.sevenzip_of({f"{number}": b"x" for number in range(12)})
    assert problems(unpacked(tmp_path, content, limits=Limits(archive_files=10))) == [("", "too_many")]


def test_a_7z_cut_off_goes_on_elsewhere(tmp_path: Path) -> None:
    assert problems(unpacked(tmp_path, make.sevenzip_of({FORM: DATA})[:-10])) == [("", "volume")]


def test_a_7z_damaged_inside_is_corrupt(tmp_path: Path) -> None:
    content = bytearray(make.sevenzip_of({FORM: bytes(range(256)) * 100}))
    content[40] ^= 0xFF
    assert problems(unpacked(tmp_path, bytes(content))) == [("", "corrupt")]


needs_bsdtar = pytest.mark.skipif(shutil.which("bsdtar") is None, reason="bsdtar (libarchive-tools) is not here")
needs_7zip = pytest.mark.skipif(not any(map(shutil.which, ("7zz", "7z"))), reason="7-Zip (7zip) is not here")


@needs_bsdtar
def test_rar_is_read_by_bsdtar(tmp_path: Path) -> None:
    result = unpacked(tmp_path, make.rar5_stored({"材料/" + FORM: DATA, "b.txt": b"b", "Thumbs.db": b"x"}))
    assert names(result) == ["材料/" + FORM, "b.txt"]
    assert problems(result) == []


@needs_bsdtar
def test_a_document_stored_in_a_rar_is_not_taken_for_the_archive(tmp_path: Path) -> None:
    inner = make.zip_of({b"word/document.xml": b"<w:document/>"})
    assert names(unpacked(tmp_path, make.rar5_stored({FORM: inner}))) == [FORM]


@needs_bsdtar
def test_a_rar_with_locked_headers_is_told(tmp_path: Path) -> None:
    assert problems(unpacked(tmp_path, make.rar5_locked_headers())) == [("", "encrypted")]


@needs_bsdtar
def test_a_rar_that_bsdtar_cannot_read_to_its_end_is_told(tmp_path: Path) -> None:
    whole = make.rar5_stored({FORM: DATA, "b.bin": bytes(range(256)) * 400})
    assert problems(unpacked(tmp_path, whole[:-50_000])) == [("", "unsupported")]


@needs_7zip
def test_7zip_sends_the_members_in_the_order_it_lists(tmp_path: Path) -> None:
    """Shown on a zip: Debian's 7-Zip has no RAR."""
    content = make.zip_of({b"a.txt": DATA, b"__MACOSX/x": b"junk", b"empty": b"", b"b/c.txt": b"c"})
    result = unpacked(tmp_path, content, kind=Kind.RAR)
    assert {member.name: member.size for member in result.members} == {"a.txt": len(DATA), "empty": 0, "b/c.txt": 1}


@needs_7zip
def test_7zip_tries_the_passwords_of_the_mail(tmp_path: Path) -> None:
    content = make.zip_locked(b"a.txt", DATA, b"secret")
    assert problems(unpacked(_fresh(tmp_path, 1), content, kind=Kind.RAR)) == [("", "encrypted")]
    assert problems(unpacked(_fresh(tmp_path, 2), content, "wrong", kind=Kind.RAR)) == [("", "encrypted")]
    result = unpacked(_fresh(tmp_path, 3), content, "wrong", "secret", kind=Kind.RAR)
    assert result.members[0].path.read_bytes() == DATA


def test_without_a_program_rar_is_unsupported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert problems(unpacked(tmp_path, make.rar5_stored({FORM: DATA}))) == [("", "unsupported")]


@pytest.mark.parametrize("content", [make.rar5_stored({"a": DATA}, volume=True), make.rar4_main(0x0001)])
def test_rar_volumes_are_told_without_any_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert problems(unpacked(tmp_path, content)) == [("", "volume")]


WHOLE = [
    (Kind.ZIP, make.zip_of({FORM.encode("gbk"): DATA, b"b/c.txt": DATA})),
    (Kind.ZIP, make.zip64(b"big.mp4", DATA)),
    (Kind.ZIP, make.zip_aes(b"a", DATA, b"pw")),
    (Kind.ZIP, make.zip_locked(b"a", DATA, b"pw")),
    (Kind.TAR, make.tar_of({"a": DATA, "b": DATA})),
    (Kind.TAR, make.tar_of({"a": DATA}, packing="gz")),
    (Kind.TAR, make.tar_of({"a": DATA}, packing="xz")),
    (Kind.TAR, make.tar_of({"a": DATA}, packing="bz2")),
    (Kind.SEVENZIP, make.sevenzip_of({"a": DATA})),
    (Kind.RAR, make.rar5_stored({"a": DATA})),
]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    which=st.sampled_from(WHOLE), cut=st.floats(0.05, 1), damage=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), max_size=4)
)  # fmt: skip
def test_damage_never_raises_and_leaves_nothing_but_members(
    tmp_path: Path, which: tuple[Kind, bytes], cut: float, damage: list[tuple[float, int]]
) -> None:
    kind, whole = which
    content = bytearray(whole[: max(1, int(len(whole) * cut))])
    for place, value in damage:
        content[int(place * (len(content) - 1))] ^= value
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    result = unpacked(tmp_path, bytes(content), "pw", kind=kind, limits=Limits(archive_bytes=8 << 20))
    assert result.members or result.problems or kind is not Kind.RAR
