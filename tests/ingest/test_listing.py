import pytest

from ingest.listing import Folder, junk_like, parse_list, sent
from ingest.providers import provider

JUNK, SENT = provider("126").junk_names, provider("126").sent_names


def names(*lines: bytes | tuple[bytes, bytes] | None) -> list[str]:
    return [folder.name for folder in parse_list(lines)]


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        (b'() "/" "INBOX"', "INBOX"),
        (b'(\\Junk) "/" "&V4NXPpCuTvY-"', "垃圾邮件"),
        (b'() "/" "&dcVr0mWHTvZZOQ-"', "病毒文件夹"),
        (b'() "/" "&dcVr0pCuTvY-"', "病毒邮件"),
        (b'() "/" "&Xn9USpCuTvY-"', "广告邮件"),
        (b'() "/" "&i6KWBZCuTvY-"', "订阅邮件"),
        (b"() NIL 2023", "2023"),
        (b'() "." Archive.2023', "Archive.2023"),
    ],
)
def test_names_are_decoded(wire: bytes, name: str) -> None:
    """T13."""
    assert names(wire) == [name]


def test_a_name_sent_as_a_literal_is_read() -> None:
    assert names((b'(\\HasNoChildren) "/" {5}', b"INBOX"), b"") == ["INBOX"]


def test_what_cannot_be_opened_or_read_is_passed_over() -> None:
    assert names(b'(\\NoSelect) "/" "a"', b'() "/" "&////-"', b"garbage", b'(() "/"', None, b'() "/" "INBOX"') == [
        "INBOX"
    ]


@pytest.mark.parametrize(
    ("name", "flags", "is_junk", "is_sent"),
    [
        ("Archive", {b"\\junk"}, True, False),
        ("INBOX/Junk E-mail", set(), True, False),
        ("[Gmail]/Spam", set(), True, False),
        ("垃圾邮件", set(), True, False),
        ("已发送", set(), False, True),
        ("Sent Messages", set(), False, True),
        ("x", {b"\\sent"}, False, True),
        ("已删除", {b"\\trash"}, False, False),
        ("关于垃圾分类", set(), False, False),
        ("INBOX", set(), False, False),
    ],
)
def test_folders_are_told_by_flag_or_by_how_their_name_begins(
    name: str, flags: set[bytes], is_junk: bool, is_sent: bool
) -> None:
    folder = Folder(name, frozenset(flags))
    assert (junk_like(folder, JUNK), sent(folder, SENT)) == (is_junk, is_sent)
