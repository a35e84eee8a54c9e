import io
import mailbox
import os
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.importing import import_paths
from ingest.mbox import is_mbox, pieces
from store.desk import Store
from tests.fixtures.raw_mails import multipart, plain

Now = Callable[[], datetime]
LINE = b"From a@example.test Tue Aug  1 09:00:00 2023\n"


def cut(raw: bytes) -> list[bytes]:
    return [
        b"".join(piece for _, piece in message) for _, message in groupby(pieces(io.BytesIO(raw)), lambda pair: pair[0])
    ]


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (LINE + b"Subject: a\n\none\n\n" + LINE + b"Subject: b\n\ntwo\n\n", [b"Subject: a\r\n\r\none\r\n", b"Subject: b\r\n\r\ntwo\r\n"]),
        (LINE + b"Subject: a\n\n>From me\n>>From you\n> From\n\n", [b"Subject: a\r\n\r\nFrom me\r\n>From you\r\n> From\r\n"]),
        (LINE + b"Subject: a\n\ntext\nFrom now on\n\nFrom here it is\n\n", [b"Subject: a\r\n\r\ntext\r\nFrom now on\r\n\r\nFrom here it is\r\n"]),
        (LINE + b"Subject: a\n\nb\n\n\n\n", [b"Subject: a\r\n\r\nb\r\n\r\n\r\n"]),
        (LINE.replace(b"\n", b"\r\n") + b"Subject: a\r\n\r\none\r\n\r\n", [b"Subject: a\r\n\r\none\r\n"]),
        (b"From - Tue Aug 01 09:00:00 2023\nSubject: a\n\none\n", [b"Subject: a\r\n\r\none\r\n"]),
        (LINE + b"Subject: a\n\nunended", [b"Subject: a\r\n\r\nunended"]),
        (LINE + b"Subject: a\n\n" + LINE + b"Subject: b\n\n", [b"Subject: a\r\n", b"Subject: b\r\n"]),
        (LINE + b"Subject: a\n\n" + b"x" * 200_000 + b"\n\n", [b"Subject: a\r\n\r\n" + b"x" * 200_000 + b"\r\n"]),
        (b"Subject: a\n\n" + LINE, []),
        (b"", []),
    ],
    ids=["two", "quoted", "From inside", "blank lines", "CRLF", "Mozilla", "unended", "no bodies", "long line", "none", "empty"],
)  # fmt: skip
def test_an_mbox_is_cut_at_its_separators_only(raw: bytes, found: list[bytes]) -> None:
    assert cut(raw) == found


@given(st.lists(st.text(alphabet="From >\na", max_size=40), min_size=1, max_size=4))
def test_what_the_stdlib_writes_is_read_back(bodies: list[str]) -> None:
    raws = [f"Subject: {n}\n\n{body.rstrip()}\n".encode() for n, body in enumerate(bodies)]
    quoted = [
        b"\n".join(b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in raw.split(b"\n"))
        for raw in raws
    ]
    assert cut(b"".join(LINE + raw + b"\n" for raw in quoted)) == [raw.replace(b"\n", b"\r\n") for raw in raws]


@pytest.mark.parametrize(
    ("first", "is_one"),
    [(LINE, True), (b"From - Tue Aug", True), (b"From: a@b.cn\r\n", False), (b"From me\n", False), (b"", False)],
)
def test_an_mbox_is_told_by_its_first_line(first: bytes, is_one: bool) -> None:
    assert is_mbox(io.BytesIO(first)) is is_one


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """A folder of mail: two .eml, one of them deeper, an mbox by the stdlib with one of the same mails, and other things."""
    root = tmp_path / "mails"
    (root / "deeper").mkdir(parents=True)
    (root / "one.eml").write_bytes(plain("one"))
    (root / "deeper" / "two.EML").write_bytes(multipart(50_000))
    (root / "readme.txt").write_text("no mail")
    (root / "link.eml").symlink_to(root / "readme.txt")
    kept = mailbox.mbox(root / "old.mbox")
    for raw in (plain("one"), plain("three", "From line\r\nends")):
        kept.add(mailbox.mboxMessage(raw.replace(b"\r\n", b"\n")))
    kept.close()
    return root


def test_directories_are_taken_in_whole_and_the_same_mail_once(box: Path, store: Store, now: Now) -> None:
    report = import_paths([box], store, now)
    assert (report.total, report.new, report.failed) == (4, 3, ())
    again = import_paths([box], store, now)
    assert (again.total, again.new) == (4, 0)
    assert plain("three", "From line\r\nends") in [
        store.archive.path(name).read_bytes() for name in store.archive.blobs()
    ]


def test_a_file_may_be_called_anything(tmp_path: Path, store: Store, now: Now) -> None:
    (tmp_path / "INBOX").write_bytes(LINE + b"Subject: a\n\none\n\n")
    (tmp_path / "saved").write_bytes(plain())
    assert import_paths([tmp_path / "INBOX", tmp_path / "saved"], store, now).new == 2


@pytest.mark.parametrize("reply", [False, True])
def test_imports_are_answered_only_on_request(reply: bool, box: Path, store: Store, now: Now) -> None:
    import_paths([box / "one.eml"], store, now, reply=reply)
    claimed = store.claim_message("test", now(), 60)
    assert claimed is not None
    assert (claimed.reply, claimed.received_at) == (reply, datetime(2023, 8, 1, 1, 0, tzinfo=UTC))


def test_a_mail_without_any_date_arrived_when_its_file_was_written(tmp_path: Path, store: Store, now: Now) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(b"Subject: a\r\n\r\n")
    os.utime(path, (1_690_000_000, 1_690_000_000))
    import_paths([path], store, now)
    assert [message.received_at for message in store.messages()] == [datetime.fromtimestamp(1_690_000_000, UTC)]


def test_one_file_that_is_missing_never_stops_the_rest(box: Path, store: Store, now: Now) -> None:
    report = import_paths([box / "none.eml", box / "one.eml"], store, now)
    assert report.new == 1
    assert report.failed == (f"{box / 'none.eml'}: No such file or directory",)
