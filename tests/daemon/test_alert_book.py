"""What is told of a trouble, and when: once when it begins, daily while it lasts, once when it is over; across restarts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from daemon.alert_book import Book, Manner, load, save, told, turned, ways
from daemon.alerting import FILE
from daemon.troubles import Seen
from notify.alerts import News
from notify.trouble_words import Trouble

NOW = datetime(2023, 8, 1, 1, tzinfo=UTC)
MANNER = Manner(remind=timedelta(hours=24), calm=timedelta(minutes=10), call="评选", ways=("a@x.cn", "command"))
HELD: Seen = {Trouble.HELD: {"count": 3}}
WELL: Seen = {Trouble.HELD: {}}
MINUTE = timedelta(minutes=1)


def follow(*looks: tuple[int, Seen]) -> tuple[Book, list[tuple[int, News]]]:
    """Return the book after looks at these minutes, and what became worth telling at which."""
    book, news = Book(), []
    for minute, seen in looks:
        after = turned(book, seen, MANNER, NOW + minute * MINUTE)
        news += [(minute, each.alert.news) for each in after.due[len(book.due) :]]
        book = after
    return book, news


def test_a_trouble_is_told_once_not_at_every_look() -> None:
    book, news = follow(*((minute, HELD) for minute in range(60)))
    assert news == [(0, News.RAISED)]
    assert book.open[Trouble.HELD].since == NOW


def test_while_it_lasts_it_is_told_again_each_day() -> None:
    _, news = follow(*((minute, HELD) for minute in range(0, 3 * 24 * 60, 30)))
    assert news == [(0, News.RAISED), (1440, News.REMINDED), (2880, News.REMINDED)]


def test_its_end_is_told_once_when_it_has_stayed_away() -> None:
    book, news = follow((0, HELD), *((minute, WELL) for minute in range(1, 60)))
    assert news == [(0, News.RAISED), (11, News.OVER)]
    assert book.open == {}


def test_one_that_comes_and_goes_is_one_trouble() -> None:
    flapping = [(minute, WELL if minute % 9 else HELD) for minute in range(90)]
    assert follow(*flapping)[1] == [(0, News.RAISED)]


def test_what_cannot_be_told_neither_raises_nor_ends_a_trouble() -> None:
    book, news = follow((0, HELD), *((minute, {}) for minute in range(1, 60)))
    assert news == [(0, News.RAISED)]
    assert Trouble.HELD in book.open
    assert follow((0, {}), (1, {}))[1] == []


def test_after_its_end_the_same_trouble_is_news_again() -> None:
    looks = [(0, HELD), (1, WELL), (12, WELL), (30, HELD)]
    book, news = follow(*looks)
    assert news == [(0, News.RAISED), (12, News.OVER), (30, News.RAISED)]
    assert len({each.alert.key for each in book.due}) == 3


def test_each_way_is_struck_out_by_itself_and_news_ends_with_its_last() -> None:
    book, _ = follow((0, HELD))
    (due,) = book.due
    assert due.to == ("a@x.cn", "command")
    once = told(book, due.alert.key, "a@x.cn")
    assert once.due[0].to == ("command",)
    assert told(once, due.alert.key, "command").due == ()


def test_news_that_could_not_be_told_for_days_is_dropped() -> None:
    book, _ = follow((0, HELD))
    later = turned(book, {}, MANNER, NOW + timedelta(days=3))
    assert later.due == ()
    assert Trouble.HELD in later.open


def test_the_book_survives_a_restart(tmp_path: Path) -> None:
    book, _ = follow((0, HELD), (5, WELL))
    save(book, tmp_path / FILE)
    assert load(tmp_path / FILE) == book
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("left", [b"", b"{", b'{"open": 3}'])
def test_a_book_that_cannot_be_read_is_begun_anew(tmp_path: Path, left: bytes) -> None:
    (tmp_path / FILE).write_bytes(left)
    assert load(tmp_path / FILE) == Book()
    assert load(tmp_path / "nowhere" / FILE) == Book()


def test_an_address_told_twice_is_one_way() -> None:
    assert ways(["a@x.cn", "a@x.cn"], []) == ("a@x.cn",)
    assert ways([], ["/opt/send"]) == ("command",)
