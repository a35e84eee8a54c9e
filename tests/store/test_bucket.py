"""Blobs in a bucket: durable before they are told of, the same from every machine, nothing believed unchecked."""

import errno
import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from store.bucket import BucketArchive, BucketUnreachable
from store.desk import Store
from tests.fixtures.s3 import BUCKET, S3Server
from tests.store.build import NOW, arrive, conclude

LARGE = b"0123456789abcdef" * 800_000  # 12.8 MB: goes up in parts
SHA = hashlib.sha256(LARGE).hexdigest()


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with S3Server() as running:
        yield running


@pytest.fixture
def url(server: S3Server, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Give each test a place of its own in the bucket."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/{request.node.name}"


@pytest.fixture
def here(tmp_path: Path, url: str) -> BucketArchive:
    return BucketArchive(tmp_path / "here", url, 1 << 30)


@pytest.fixture
def there(tmp_path: Path, url: str) -> BucketArchive:
    """Another machine."""
    return BucketArchive(tmp_path / "there", url, 1 << 30)


def test_what_one_machine_keeps_another_reads(here: BucketArchive, there: BucketArchive) -> None:
    assert here.add_bytes(LARGE) == SHA
    assert there.has(SHA)
    assert there.path(SHA).read_bytes() == LARGE
    assert list(there.blobs()) == [SHA]
    assert there.sound(SHA)


def test_several_are_kept_together_and_the_same_content_once(here: BucketArchive, server: S3Server) -> None:
    with here.incoming() as one, here.incoming() as two, here.incoming() as again:
        for incoming, data in ((one, b"one"), (two, b"two"), (again, b"one")):
            incoming.write(data)
        names = here.keep([one, two, again])
    assert names == [hashlib.sha256(data).hexdigest() for data in (b"one", b"two", b"one")]
    before = server.kept(names[0]).stat().st_mtime_ns
    assert here.add_bytes(b"one") == names[0]
    assert server.kept(names[0]).stat().st_mtime_ns == before
    assert sorted(here.blobs()) == sorted(set(names))


def test_what_nobody_kept_is_nowhere(here: BucketArchive) -> None:
    assert not here.has(SHA)
    assert not here.path(SHA).exists()
    assert list(here.blobs()) == []
    with here.incoming() as abandoned:
        abandoned.write(b"half")
    assert list(here.blobs()) == []
    with pytest.raises(ValueError, match="not a sha256"):
        here.path("../../etc/passwd")


def test_another_content_than_its_name_is_refused_and_reported(
    here: BucketArchive, there: BucketArchive, server: S3Server
) -> None:
    sha256 = here.add_bytes(b"raw mail")
    server.kept(sha256).write_bytes(b"forged!!")
    with pytest.raises(BucketUnreachable, match="another content"):
        there.path(sha256)
    assert not there.sound(sha256)


def test_a_mail_the_bucket_did_not_take_is_in_no_ledger(
    here: BucketArchive, server: S3Server, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Raw first: the poll fails, and asks for the mail again."""
    monkeypatch.setattr("store.bucket._RETRY", {"max_retries": 0, "retry_timeout": timedelta(seconds=1)})
    cut_off = BucketArchive(here.root, f"s3://{BUCKET}/cut", 1 << 30)
    with Store.open(postgresql, cut_off) as store:
        server.kill()
        try:
            with pytest.raises(BucketUnreachable) as caught:
                arrive(store, "a")
            assert caught.value.errno == errno.EIO  # an outage: no mail is blamed
            assert store.messages() == ()
        finally:
            server.start()
        sha256 = arrive(store, "a")
        conclude(store, sha256)
        assert store.verify(NOW) == ()


def test_verify_asks_the_bucket_not_the_cache(here: BucketArchive, postgresql: str) -> None:
    with Store.open(postgresql, here) as store:
        sha256 = arrive(store, "a")
        copy = here.path(sha256).read_bytes()
        here.remove(sha256)
        assert not here.has(sha256)
        here.root.joinpath("blobs", sha256[:2], sha256).write_bytes(copy)
        assert store.verify(NOW) == (f"blob {sha256}: missing",)


def test_the_cache_is_bounded_and_keeps_what_was_just_asked_for(tmp_path: Path, url: str) -> None:
    archive = BucketArchive(tmp_path, url, 1_000)
    old = [archive.add_bytes(bytes([serial]) * 300) for serial in range(5)]
    for sha256 in old:
        os.utime(archive.root / "blobs" / sha256[:2] / sha256, (1, 1))
    new = [archive.add_bytes(bytes([serial]) * 300) for serial in range(5, 8)]
    kept = {path.name for path in (archive.root / "blobs").glob("??/*")}
    assert kept == set(new)
    assert archive.path(old[0]).read_bytes() == bytes([0]) * 300  # fetched again
    assert sorted(archive.blobs()) == sorted(old + new)
