"""An office's own wording: taken before ours, escaped as ours, and never in a letter's way."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notify import pages
from notify.replies import compose
from notify.trial import faults, sample
from tests.notify.makers import MORNING, NOTICE, POST


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    pages.word_by(tmp_path)
    yield tmp_path
    pages.word_by(None)


def letter_text() -> str:
    letter = compose(sample(MORNING), NOTICE, POST)
    assert letter
    return letter.text


def test_an_office_words_its_letters_itself(own: Path) -> None:
    (own / "_foot.txt.j2").write_text("昌乐县信用办 敬上\n", encoding="utf-8")
    assert letter_text().endswith("昌乐县信用办 敬上\n")
    assert "需补正" in letter_text()
    assert faults(own, NOTICE, MORNING) == ()


def test_values_are_escaped_in_an_offices_html_too(own: Path) -> None:
    (own / "plain.html.j2").write_text("<p>{{ salutation }}</p>", encoding="utf-8")
    assert pages.render("plain.html.j2", salutation="<b>") == "<p>&lt;b&gt;</p>"


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("{% if %}", "TemplateSyntaxError"),
        ("{{ recieved }}", "recieved: nothing of this name"),
        ("{% for case in cases %}{{ case.titel }}{% endfor %}", "UndefinedError"),
        ("{{ 1 // 0 }}", "ZeroDivisionError"),
        ("{{ notice.__class__.__mro__ }}", "SecurityError"),
        ("{% for n in range(999999999) %}{% endfor %}", "OverflowError"),
    ],
)
def test_a_broken_template_is_told_by_doctor_and_ours_is_used(own: Path, broken: str, told: str) -> None:
    usual = letter_text()
    (own / "receipt.txt.j2").write_text(broken, encoding="utf-8")
    assert letter_text() == usual
    (fault,) = faults(own, NOTICE, MORNING)
    assert fault.template == "receipt.txt.j2"
    assert told in fault.told


def test_a_template_in_another_charset_is_told_and_ours_is_used(own: Path) -> None:
    usual = letter_text()
    (own / "receipt.txt.j2").write_bytes("已收到".encode("gbk"))
    assert letter_text() == usual
    assert "UnicodeDecodeError" in faults(own, NOTICE, MORNING)[0].told


def test_a_file_that_replaces_nothing_and_a_folder_that_is_not_there_are_told(own: Path) -> None:
    (own / "reciept.txt.j2").write_text("x", encoding="utf-8")
    assert faults(own, NOTICE, MORNING)[0].told.startswith("replaces none of ours")
    assert faults(own / "nowhere", NOTICE, MORNING)[0].told == "no such folder"
