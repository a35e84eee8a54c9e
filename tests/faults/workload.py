"""In charge of what the desk is killed over: eight mails and a fetched file, each another way through it; little to read, nothing to OCR.

The call is examples/essay's: forms as Word and PDF, essays as Word, no seals, no films.
"""

import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlmodel import select

from store.tables import FactsRow
from tests.faults.runner import BUG
from tests.fixtures import dovecot
from tests.fixtures.desks import ROOT, store_of, write_config
from tests.fixtures.expectations import FOLDER as SAMPLES
from tests.fixtures.mails import attach, simple
from tests.fixtures.make_archives import zip_of
from tests.fixtures.make_essays import Author, entry, essay, pdf_form, word_form, written
from tests.fixtures.make_samples import at
from tests.fixtures.smtp import SmtpServer

STAFF = "staff@example.test"
SENT = "已发送"
_HELD = Author("秦小满", "灯下", "青澜市实验小学", "小学组", "13900001002", email="qin@example.com")
_ZIPPED = Author("梁书言", "木箱里的论语", email="liang@example.com")
_LATE = Author("何知行", "第二十八封家书", "青澜市图书馆", "社会组", "13900001004", "书信", email="he@example.com")
_LINK = "https://mail.163.com/large-attachment-download/index.html?file=Yx3kQ9-sample-key"
FETCHED_FOR = "2025-W-0003"
#: An earlier letter of ours: 已发送 is known to keep what we send.
_EARLIER = simple("From: desk@example.test\nMessage-ID: <earlier@example.test>\nX-Shoujian-Id: <earlier@example.test>")


@dataclass(frozen=True)
class Delivered:
    """A mail as it arrived."""

    raw: bytes
    at: datetime


def mails() -> tuple[Delivered, ...]:
    """Return the workload in order of arrival."""
    packed = zip_of({file.name.encode("gbk"): file.data for file in entry(_ZIPPED)})
    sample = {name: (SAMPLES / f"{name}.eml").read_bytes() for name in ("22-qq-auto-reply", "23-returned-mail")}
    told = (
        ("2025-03-05T09:10:11", _asks("2025-03-05T09:10:11")),
        ("2025-03-06T09:00:00", written("netease", "2025-03-06T09:00:00", _ZIPPED, attach("征文.zip", packed, "application/zip"))),
        ("2025-03-07T09:00:00", written("outlook", "2025-03-07T09:00:00", _LATE, word_form(_LATE), essay(_LATE))),
        ("2025-03-08T09:00:00", written("outlook", "2025-03-08T09:00:00", _LATE, pdf_form(_LATE), subject="补充材料 2025-W-0002")),
        ("2025-03-09T09:00:00", written("qq", "2025-03-09T09:00:00", _LATE, word_form(_LATE), essay(_LATE), pdf_form(_LATE))),
        ("2025-03-10T09:00:00", written("netease", "2025-03-10T09:00:00", _HELD, word_form(_HELD), pdf_form(_HELD), text=f"征文见超大附件：{_LINK}")),
        ("2025-03-11T09:00:00", sample["22-qq-auto-reply"]),
        ("2025-03-12T09:00:00", sample["23-returned-mail"]),
        ("2025-03-13T09:00:00", written("foxmail", "2025-03-13T09:00:00", Author("周望舒", "", email="zhou@example.com"), subject=BUG, text="请问怎么投稿？")),
    )  # fmt: skip
    return tuple(Delivered(raw, at(arrived)) for arrived, raw in told)


def _asks(arrived: str) -> bytes:
    text = "老师好，请问征文报名表在哪里下载？字数有要求吗？"
    return written("qq", arrived, Author("江临川", "", email="jiang@example.com"), subject="咨询征文投稿", text=text)


class Peers:
    """A real mailbox with the workload in it, and a server for what goes out that files a copy in 已发送, as NetEase's does."""

    def __init__(self) -> None:
        self.files_copies = True
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.imap = self._stack.enter_context(dovecot.Dovecot())
        self.smtp = self._stack.enter_context(SmtpServer(password=dovecot.PASSWORD, taken=self._file))
        for mail in mails():
            self.imap.deliver(mail.raw, "INBOX", mail.at)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def forget(self, *, files_copies: bool = True) -> None:
        """Begin anew: nothing was sent but one letter long ago, or 已发送 keeps nothing at all."""
        self.files_copies = files_copies
        self.smtp.received.clear()
        with self.imap.client() as client:
            client.select_folder(SENT)
            client.delete_messages(client.search("ALL"))
            client.expunge()
            if files_copies:
                client.append(SENT, _EARLIER)

    def desk(self, folder: Path) -> Path:
        """Write a configuration for these peers into a folder and return its place."""
        folder.mkdir(parents=True, exist_ok=True)
        return write_config(
            folder / "config.toml",
            call=ROOT / "examples" / "essay" / "config.toml",
            mailbox=f'provider = "generic"\naccount = "{dovecot.USER}"\nhost = "127.0.0.1"\nport = {self.imap.port}\nsecurity = "none"\npoll_seconds = 2',
            smtp=f'host = "127.0.0.1"\nport = {self.smtp.port}\nsecurity = "none"\nsender_name = "征文办公室"\n'
            "seconds_between = 0\nper_quarter_hour = 10000\nper_day = 10000",
            digest=f'at = "00:00"\nto = ["{STAFF}"]',
        )  # fmt: skip

    def _file(self, raw: bytes) -> None:
        if self.files_copies:
            self.imap.deliver(raw, SENT)


def fetch(data: Path) -> None:
    """Put the essay into the watched folder, as staff do who followed the link."""
    folder = data / "inbox_videos" / FETCHED_FOR
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    file = essay(_HELD)
    (folder / file.name).write_bytes(file.data)


def knowing_files(data: Path, to: Path) -> Path:
    """Return a data directory with no mail in it that knows what all files but one say: reading takes the longest."""
    unknown = sha256(word_form(_ZIPPED).data).hexdigest()
    with store_of(data) as told, told.database.read() as session:
        rows = session.exec(select(FactsRow).where(FactsRow.sha256 != unknown)).all()
    with store_of(to) as store:
        for row in rows:
            store.save_facts(row.sha256, row.parser, row.version, row.facts)
    return to


def copy_of(data: Path, to: Path) -> Path:
    """Return a copy of a data directory that nobody uses."""
    shutil.copytree(data, to, dirs_exist_ok=True)
    return to
