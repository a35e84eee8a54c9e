"""Raw first: a blob is durable and whole, or not there."""

import hashlib
import os
import stat
from contextlib import ExitStack
from pathlib import Path

import pytest

from store.archive import Archive


def blobs(archive: Archive) -> list[Path]:
    return [path for path in (archive.root / "blobs").rglob("*") if path.is_file()]


def leftovers(archive: Archive) -> list[Path]:
    return list((archive.root / "tmp").iterdir())


def test_bytes_written_in_pieces_are_kept_under_their_sha256(archive: Archive) -> None:
    with archive.incoming() as blob:
        for piece in (b"From: a\r\n", b"\r\n", b"body \x00\xff"):
            blob.write(piece)
        assert blob.size == 18
        sha256 = blob.commit()
    assert sha256 == hashlib.sha256(b"From: a\r\n\r\nbody \x00\xff").hexdigest()
    assert archive.path(sha256) == archive.root / "blobs" / sha256[:2] / sha256
    assert archive.path(sha256).read_bytes() == b"From: a\r\n\r\nbody \x00\xff"
    assert leftovers(archive) == []


def test_several_are_made_durable_together_and_equal_ones_are_one(archive: Archive) -> None:
    contents = [b"one", b"two", b"one", b"three"]
    with ExitStack() as held:
        incomings = [held.enter_context(archive.incoming()) for _ in contents]
        for incoming, content in zip(incomings, contents, strict=True):
            incoming.write(content)
        hashes = archive.keep(incomings)
    assert hashes == [hashlib.sha256(content).hexdigest() for content in contents]
    assert [archive.path(sha256).read_bytes() for sha256 in hashes] == contents
    assert len(blobs(archive)) == 3
    assert leftovers(archive) == []


def test_without_commit_nothing_stays(archive: Archive) -> None:
    with pytest.raises(ConnectionError), archive.incoming() as blob:
        blob.write(b"half a mail")
        raise ConnectionError
    assert blobs(archive) == leftovers(archive) == []


def test_the_same_content_is_one_blob_and_stays_untouched(archive: Archive) -> None:
    first = archive.add_bytes(b"same")
    inode = archive.path(first).stat().st_ino
    assert archive.add_bytes(b"same") == first
    assert archive.path(first).stat().st_ino == inode
    assert len(blobs(archive)) == 1


def test_a_blob_torn_by_the_disk_is_healed_when_its_content_comes_again(archive: Archive) -> None:
    sha256 = archive.add_bytes(b"whole content")
    archive.path(sha256).write_bytes(b"whole")
    archive.add_bytes(b"whole content")
    assert archive.path(sha256).read_bytes() == b"whole content"


def test_sound_tells_a_changed_byte(archive: Archive) -> None:
    sha256 = archive.add_bytes(b"content")
    assert archive.sound(sha256)
    archive.path(sha256).write_bytes(b"c0ntent")
    assert not archive.sound(sha256)


def test_files_are_copied_in(archive: Archive, tmp_path: Path) -> None:
    source = tmp_path / "视频.mp4"
    source.write_bytes(os.urandom(3_000_000))
    sha256 = archive.add(source)
    source.unlink()
    assert archive.has(sha256)
    assert archive.sound(sha256)


def test_only_we_may_look(archive: Archive) -> None:
    old = os.umask(0o022)
    try:
        sha256 = archive.add_bytes(b"personal")
        with archive.scratch() as scratch:
            modes = [stat.S_IMODE(path.stat().st_mode) for path in (archive.root, scratch, archive.path(sha256).parent)]
    finally:
        os.umask(old)
    assert modes == [0o700] * 3
    assert stat.S_IMODE(archive.path(sha256).stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", "a" * 65])
def test_a_name_from_outside_never_becomes_a_path(archive: Archive, name: str) -> None:
    with pytest.raises(ValueError, match="not a sha256"):
        archive.path(name)


def test_scratch_is_empty_and_gone_afterwards(archive: Archive) -> None:
    with archive.scratch() as scratch:
        assert list(scratch.iterdir()) == []
        (scratch / "inner").mkdir()
        (scratch / "inner" / "page.png").write_bytes(b"x")
    assert leftovers(archive) == []


def test_opening_sweeps_what_dead_processes_left_and_spares_what_is_being_written(archive: Archive) -> None:
    dead, dead_scratch = archive.root / "tmp" / "in-dead", archive.root / "tmp" / "scratch-dead"
    dead_scratch.mkdir()
    for path in (dead, dead_scratch / "page"):
        path.write_bytes(b"x")
    with archive.incoming() as blob, archive.scratch() as scratch:
        Archive(archive.root)
        assert sorted(leftovers(archive)) == sorted([blob.path, scratch])
        blob.write(b"whole")
        assert archive.has(blob.commit())
    assert leftovers(archive) == []


def test_bytes_are_on_disk_before_they_have_a_name_and_the_name_before_we_answer(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Power may fail between any two calls: file, link, directory is the only safe order (fsync(2))."""
    steps: list[str] = []
    fsync, link = os.fsync, os.link

    def watched_fsync(handle: int) -> None:
        steps.append("sync directory" if stat.S_ISDIR(os.fstat(handle).st_mode) else "sync file")
        fsync(handle)

    def watched_link(source: Path, target: Path) -> None:
        steps.append("link")
        link(source, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(os, "link", watched_link)
    archive.add_bytes(b"measured")
    assert steps[0] == "sync file"
    assert steps[-2:] == ["link", "sync directory"]
