"""Files that staff put into a case's folder are taken when they are whole, each once, and nothing else is."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.watched import Batch, WatchedFolder
from store.archive import Archive

NUMBER = "2023-V-0001"


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=6)


@pytest.fixture
def folder(tmp_path: Path) -> WatchedFolder:
    watched = WatchedFolder(tmp_path / "inbox_videos")
    watched.prepare([NUMBER])
    return watched


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "data")


def put(folder: WatchedFolder, name: str, data: bytes = b"film") -> Path:
    path = folder.folder(NUMBER) / name
    path.write_bytes(data)
    return path


def names(folder: WatchedFolder, now: datetime | None = None) -> list[str]:
    return [file.path.name for batch in folder.batches(now or soon()) for file in batch.files]


def only(folder: WatchedFolder) -> Batch:
    (batch,) = folder.batches(soon())
    return batch


def test_folders_are_for_us_alone(folder: WatchedFolder) -> None:
    for path in (folder.root, folder.folder(NUMBER)):
        assert path.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("number", ["../etc", "2023-V-0001/..", "", "2023-V-1", "done"])
def test_only_a_case_number_becomes_a_folder(folder: WatchedFolder, number: str) -> None:
    with pytest.raises(ValueError, match="not a case number"):
        folder.prepare([number])


def test_a_file_is_taken_when_it_has_been_still_for_five_seconds(folder: WatchedFolder, archive: Archive) -> None:
    put(folder, "作品.mp4")
    now = datetime.now(UTC)
    assert names(folder, now + timedelta(seconds=4)) == []
    (file,) = only(folder).files
    sha256 = folder.take(file, archive)
    assert sha256 is not None
    assert archive.path(sha256).read_bytes() == b"film"


def test_an_old_time_stamp_does_not_make_a_new_file_still(folder: WatchedFolder) -> None:
    path = put(folder, "作品.mp4")
    os.utime(path, (1_690_000_000, 1_690_000_000))  # as `cp -p`, unzip and browsers set it
    assert names(folder, datetime.now(UTC) + timedelta(seconds=1)) == []
    assert names(folder) == ["作品.mp4"]


def test_what_was_brought_together_waits_for_its_last_file(folder: WatchedFolder) -> None:
    put(folder, "申报表.docx")
    put(folder, "作品.mp4")
    assert names(folder) == ["作品.mp4", "申报表.docx"]
    later = datetime.now(UTC).timestamp() + 60
    os.utime(folder.folder(NUMBER) / "作品.mp4", (later, later))
    assert names(folder) == []


def test_symlinks_dot_files_folders_and_unfinished_downloads_are_passed_over(
    folder: WatchedFolder, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("x")
    (folder.folder(NUMBER) / "link.mp4").symlink_to(tmp_path / "secret")
    (folder.folder(NUMBER) / "folder.mp4").mkdir()
    os.mkfifo(folder.folder(NUMBER) / "pipe.mp4")
    for name in (".hidden.mp4", "a.mp4.crdownload", "a.MP4.PART", "b.tmp"):
        put(folder, name)
    (folder.root / "2023-V-0002").symlink_to(tmp_path)
    (folder.root / "other").mkdir()
    (folder.root / "other" / "a.mp4").write_text("x")
    assert list(folder.batches(soon())) == []


def test_a_file_swapped_for_a_symlink_is_not_followed(folder: WatchedFolder, archive: Archive, tmp_path: Path) -> None:
    path = put(folder, "作品.mp4")
    (file,) = only(folder).files
    path.unlink()
    (tmp_path / "secret").write_text("film")
    path.symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="symbolic links"):
        folder.take(file, archive)
    assert list(archive.blobs()) == []


def test_a_file_that_changed_after_it_was_seen_is_left_for_the_next_look(
    folder: WatchedFolder, archive: Archive
) -> None:
    path = put(folder, "作品.mp4")
    (file,) = only(folder).files
    path.write_bytes(b"more of it")
    assert folder.take(file, archive) is None
    assert list(archive.blobs()) == []


def test_what_is_put_away_keeps_its_name_and_overwrites_nothing(folder: WatchedFolder) -> None:
    for data in (b"one", b"two"):
        put(folder, "作品.mp4", data)
        folder.done(only(folder).files[0])
    put(folder, "作品.mp4", b"page")
    folder.refuse(only(folder).files[0])
    here = folder.folder(NUMBER)
    assert (here / "done" / "作品.mp4").read_bytes() == b"one"
    assert (here / "done" / "作品 (2).mp4").read_bytes() == b"two"
    assert (here / "refused" / "作品.mp4").read_bytes() == b"page"
    assert list(folder.batches(soon())) == []


def test_no_folder_is_nothing_to_do(tmp_path: Path) -> None:
    assert list(WatchedFolder(tmp_path / "none").batches(soon())) == []
