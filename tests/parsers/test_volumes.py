"""An archive cut into pieces is one archive again when a mail brings them all, however it was cut; else it is told what is here."""

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.kinds import Cut
from domain.mail import Mail, Volume
from domain.notice import Limits
from parsers.archives.rar_blocks import RarBroken, read_volume
from parsers.archives.rar_volumes import join_rar
from parsers.archives.volumes import put_together, volume_of
from parsers.fetched import Loose, open_files
from parsers.mail import read_mail
from parsers.message.filenames import FileName
from parsers.message.letter import Carried
from parsers.message.transfer import Blob, write_blob
from tests.fixtures.mails import attach, mail
from tests.fixtures.make_archives import (
    rar4_volumes,
    rar5_stored,
    rar5_volumes,
    sevenzip_of,
    tar_of,
    zip_of,
    zip_volumes,
)

FORM = "申报表.txt"
FILES = {"a.txt": bytes(range(256)) * 5, "b/c.txt": "信用".encode() * 300, "empty": b"", "d.bin": b"d" * 720}
PLAIN = {name.encode(): data for name, data in FILES.items()}

needs_bsdtar = pytest.mark.skipif(shutil.which("bsdtar") is None, reason="bsdtar (libarchive-tools) is not here")


def archive() -> bytes:
    return zip_of({FORM.encode("gbk"): "案例题目 信用积分惠民".encode() * 50 + bytes(range(256)) * 2})


def cut(data: bytes, count: int) -> list[bytes]:
    size = -(-len(data) // count)
    return [data[at : at + size] for at in range(0, len(data), size)]


def received(tmp_path: Path, files: Mapping[str, bytes], limits: Limits | None = None) -> Mail:
    raw, out = tmp_path / "a.eml", tmp_path / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    raw.write_bytes(mail("netease", attach=[attach(name, data) for name, data in files.items()]))
    read = read_mail(raw, out, limits or Limits())
    assert {file.name for file in out.iterdir()} <= {part.sha256 for part in read.parts}, "nothing else is left there"
    return read


def opened(tmp_path: Path, read: Mail, whole: str) -> dict[str, bytes]:
    """Return what was within the whole archive."""
    inside = (part for part in read.parts if part.path.startswith(f"{whole}/"))
    return {part.path.removeprefix(f"{whole}/"): (tmp_path / "out" / part.sha256).read_bytes() for part in inside}


def problems(read: Mail) -> list[tuple[str, str]]:
    return [(problem.path, problem.problem) for problem in read.archive_problems]


def told(read: Mail) -> list[tuple[str, int, int | None]]:
    volumes = [problem.volume for problem in read.archive_problems if problem.volume]
    return [(volume.whole, volume.number, volume.total) for volume in volumes]


def parts(room: int = 900) -> dict[str, bytes]:
    return {f"材料.part{n}.rar": data for n, data in enumerate(rar5_volumes(FILES, room), 1)}


def letters(room: int = 900, *, ends: bool = True) -> dict[str, bytes]:
    volumes = rar4_volumes(FILES, room, ends=ends)
    return {"材料.rar": volumes[0]} | {f"材料.R{n:02d}": data for n, data in enumerate(volumes[1:])}


def spans(room: int = 200) -> dict[str, bytes]:
    *volumes, last = zip_volumes(PLAIN, room)
    return {f"材料.z{n:02d}": data for n, data in enumerate(volumes, 1)} | {"材料.zip": last}


SETS: dict[str, tuple[Callable[[], dict[str, bytes]], str]] = {
    "RAR 5": (parts, "材料.rar"),
    "RAR 5, a file ends with a volume": (lambda: parts(640), "材料.rar"),
    "RAR 4": (letters, "材料 (2).rar"),
    "RAR 4, a file ends with a volume": (lambda: letters(640), "材料 (2).rar"),
    "RAR 2, without end blocks": (lambda: letters(ends=False), "材料 (2).rar"),
    "a spanned zip": (spans, "材料 (2).zip"),
}


@needs_bsdtar
@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("turned", [False, True])
def test_volumes_with_headers_of_their_own_are_one_archive(tmp_path: Path, name: str, turned: bool) -> None:
    make, whole = SETS[name]
    files = list(make().items())
    assert len(files) > 2
    read = received(tmp_path, dict(reversed(files) if turned else files))
    assert opened(tmp_path, read, whole) == FILES
    assert problems(read) == []


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2)])
def test_pieces_are_put_together_in_the_order_of_their_numbers(tmp_path: Path, order: tuple[int, ...]) -> None:
    pieces = dict(zip((1, 2, 3), cut(archive(), 3), strict=True))
    read = received(tmp_path, {f"材料.zip.{number:03d}": pieces[number] for number in order})
    assert set(opened(tmp_path, read, "材料.zip")) == {FORM}
    assert problems(read) == []


@pytest.mark.parametrize(
    ("whole", "data"),
    [
        ("a.7z", sevenzip_of(FILES)),
        ("a.tar.gz", tar_of(FILES, packing="gz")),
        ("a.tar", tar_of(FILES)),
        ("a.zip", zip_of(PLAIN)),
    ],
)
def test_any_archive_may_be_cut_plainly(tmp_path: Path, whole: str, data: bytes) -> None:
    first, second = data[: len(data) // 2 + 1], data[len(data) // 2 + 1 :]
    read = received(tmp_path, {f"{whole}.001": first, f"{whole}.002": second})
    assert opened(tmp_path, read, whole).keys() == FILES.keys()
    assert problems(read) == []


def test_a_single_piece_that_is_all_is_opened(tmp_path: Path) -> None:
    read = received(tmp_path, {"材料.7z.001": sevenzip_of(FILES)})
    assert opened(tmp_path, read, "材料.7z") == FILES


@pytest.mark.parametrize(("numbers", "total"), [((1,), None), ((1, 2), None), ((1, 3), 3), ((2, 3), 3)])
def test_pieces_that_are_not_all_there_are_told_and_nobody_is_blamed(
    tmp_path: Path, numbers: tuple[int, ...], total: int | None
) -> None:
    pieces = dict(zip((1, 2, 3), cut(archive(), 3), strict=True))
    read = received(tmp_path, {f"材料.zip.{number:03d}": pieces[number] for number in numbers})
    assert len(read.parts) == len(numbers)
    assert problems(read) == [(f"材料.zip.{number:03d}", "volume") for number in numbers]
    assert told(read) == [("材料.zip", number, total) for number in numbers]


@pytest.mark.parametrize("name", SETS)
def test_what_is_missing_of_volumes_is_known_from_the_last_of_them(tmp_path: Path, name: str) -> None:
    files = SETS[name][0]()
    count = len(files)
    for gone in range(count):
        left = [each for number, each in enumerate(files.items()) if number != gone]
        read = received(tmp_path, dict(left))
        total = None if gone == count - 1 else count
        assert {problem for _, problem in problems(read)} == {"volume"}
        assert [volume[1:] for volume in told(read)] == [(n + 1, total) for n in range(count) if n != gone]


def test_volumes_lie_together_within_an_archive_too(tmp_path: Path) -> None:
    held = {f"甲/{name}".encode("gbk"): data for name, data in spans().items()}
    read = received(tmp_path, {"全部.zip": zip_of(held | {"乙/材料.z01".encode("gbk"): b"another folder's"})})
    assert opened(tmp_path, read, "全部.zip/甲/材料 (2).zip") == FILES
    assert problems(read) == [("全部.zip/乙/材料.z01", "volume")]


def test_archives_that_only_look_like_volumes_are_opened_each(tmp_path: Path) -> None:
    read = received(tmp_path, {"材料.zip": zip_of({b"1": b"one"}), "材料(1).zip": zip_of({b"2": b"two"})})
    assert [part.path for part in read.parts if "/" in part.path] == ["材料.zip/1", "材料(1).zip/2"]


@needs_bsdtar
def test_whole_archives_numbered_by_hand_are_no_volumes(tmp_path: Path) -> None:
    read = received(tmp_path, {f"材料.part{n}.rar": rar5_stored({f"{n}.txt": b"x"}) for n in (1, 2)})
    assert [part.path for part in read.parts if "/" in part.path] == ["材料.part1.rar/1.txt", "材料.part2.rar/2.txt"]
    assert problems(read) == []


@needs_bsdtar
def test_a_number_that_a_browser_added_changes_nothing(tmp_path: Path) -> None:
    renamed = {name.replace(".rar", "(1).rar") if "part2" in name else name: data for name, data in parts().items()}
    assert opened(tmp_path, received(tmp_path, renamed), "材料.rar") == FILES


def test_without_a_program_volumes_are_told_as_any_rar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert problems(received(tmp_path, parts())) == [("材料.rar", "unsupported")]


def test_limits_hold_for_what_was_put_together(tmp_path: Path) -> None:
    bomb = zip_volumes({b"a": bytes(3_000_000)}, 1500)
    files = {f"a.z{n:02d}": data for n, data in enumerate(bomb[:-1], 1)} | {"a.zip": bomb[-1]}
    assert problems(received(tmp_path, files, Limits(archive_bytes=1_000_000))) == [("a (2).zip", "bomb")]
    assert problems(received(tmp_path, spans(), Limits(archive_files=2))) == [("材料 (2).zip", "too_many")]
    too_large = received(tmp_path, spans(), Limits(archive_bytes=500))
    assert {problem for _, problem in problems(too_large)} == {"volume"}, (
        "nothing larger than the limit is even written"
    )
    nested = zip_of({b"1.zip": zip_of({name.encode("gbk"): data for name, data in spans().items()})})
    assert problems(received(tmp_path, {"0.zip": nested}, Limits(archive_depth=2))) == [
        ("0.zip/1.zip/材料 (2).zip", "bomb")
    ]


def test_staff_may_fetch_volumes_from_links(tmp_path: Path) -> None:
    loose = [Loose(path=b.path, name=n, sha256=b.sha256, size=b.size) for n, b in blobs(tmp_path, spans()).items()]
    assert len(open_files(loose, tmp_path, Limits()).parts) == len(loose) + 1 + len(FILES)


def blobs(folder: Path, files: Mapping[str, bytes]) -> dict[str, Blob]:
    return {name: write_blob([data], folder) for name, data in files.items()}


def test_pieces_of_different_files_are_not_joined(tmp_path: Path) -> None:
    one, other = rar5_volumes({"a": b"x" * 900}, 500), rar5_volumes({"a": b"y" * 950}, 500)
    (tmp_path / "1").write_bytes(one[0])
    (tmp_path / "2").write_bytes(other[1])
    with (tmp_path / "whole").open("wb") as target, pytest.raises(RarBroken):
        join_rar([tmp_path / "1", tmp_path / "2"], target)


@pytest.mark.skipif(shutil.which("zip") is None, reason="Info-ZIP (zip) is not here")
def test_a_zip_spanned_by_info_zip(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "big.bin").write_bytes(bytes(range(256)) * 900)
    (source / FORM).write_bytes(b"form")
    subprocess.run(["zip", "-q", "-0", "-s", "64k", tmp_path / "a.zip", "big.bin", FORM], cwd=source, check=True)
    volumes = {path.name: path.read_bytes() for path in sorted(tmp_path.glob("a.z*"))}
    assert len(volumes) == 4
    assert opened(tmp_path, received(tmp_path, volumes), "a (2).zip") == {
        path.name: path.read_bytes() for path in source.iterdir()
    }


@needs_bsdtar
@pytest.mark.parametrize("volumes", [rar5_volumes(FILES, 950), rar4_volumes(FILES, 950, ends=False)])
def test_the_volumes_we_make_are_what_libarchive_takes_for_one_archive(volumes: list[bytes]) -> None:
    listed = subprocess.run(["bsdtar", "-t", "-f", "-"], input=b"".join(volumes), capture_output=True, check=True)
    assert listed.stdout.decode().split() == list(FILES)


@pytest.mark.skipif(shutil.which("7zz") is None, reason="7-Zip (7zip) is not here")
def test_the_spans_we_make_are_what_7_zip_takes_for_one_archive(tmp_path: Path) -> None:
    for name, data in spans().items():
        (tmp_path / name.replace("材料", "a")).write_bytes(data)
    tested = subprocess.run(["7zz", "t", "a.zip"], cwd=tmp_path, capture_output=True, check=False)
    assert tested.returncode < 2
    assert b"Everything is Ok" in tested.stdout


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("材料.part01.rar", ("材料.rar", Cut.PARTS, 1)),
        ("材料.PART2.RAR", ("材料.rar", Cut.PARTS, 2)),
        ("材料.rar", ("材料.rar", Cut.LETTERS, 1)),
        ("材料.r00", ("材料.rar", Cut.LETTERS, 2)),
        ("材料.s01", ("材料.rar", Cut.LETTERS, 103)),
        ("材料.z07", ("材料.zip", Cut.SPANNED, 7)),
        ("材料.tar.gz.003", ("材料.tar.gz", Cut.BYTES, 3)),
        ("材料.zip.000", None),
        ("材料.part0.rar", None),
        ("第1部分.docx", None),
        ("材料.001", None),
    ],
)
def test_which_piece_a_file_is_by_its_name(tmp_path: Path, name: str, found: tuple[str, Cut, int] | None) -> None:
    path = tmp_path / "volume"
    path.write_bytes(rar5_volumes(FILES, 900)[0])
    volume = volume_of(name, path)
    assert (volume and (volume.whole, volume.cut, volume.number)) == found


def test_a_volume_with_locked_headers_tells_nothing_of_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.part1.rar"
    path.write_bytes(b"Rar!\x1a\x07\x00\xcf\x90s\x81\x01\r\x00" + bytes(60))
    with pytest.raises(RarBroken):
        read_volume(path)
    assert volume_of(path.name, path) is None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(sorted(SETS)),
    damage=st.lists(st.tuples(st.integers(0, 9), st.floats(0, 1), st.integers(1, 255)), max_size=4),
    cuts=st.lists(st.tuples(st.integers(0, 9), st.floats(0, 1)), max_size=2),
)
def test_damage_never_raises_and_leaves_nothing_behind(
    tmp_path: Path, name: str, damage: list[tuple[int, float, int]], cuts: list[tuple[int, float]]
) -> None:
    files = {name: bytearray(data) for name, data in SETS[name][0]().items()}
    names = list(files)
    for at, place in cuts:
        del files[names[at % len(names)]][1 + int(place * 700) :]
    for at, place, value in damage:
        volume = files[names[at % len(names)]]
        volume[int(place * (len(volume) - 1))] ^= value
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    (tmp_path / "out").mkdir()
    carried = [Carried(FileName(name), write_blob([bytes(data)], tmp_path / "out")) for name, data in files.items()]
    together = put_together(carried, tmp_path / "out", 1 << 20)
    kept = {one.blob.sha256 for one in (*carried, *together.whole)}
    assert {file.name for file in (tmp_path / "out").iterdir()} == kept
    assert all(isinstance(piece.volume, Volume) for piece in together.left)
