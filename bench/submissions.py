"""In charge of submissions to measure with: each of another work, with its form as Word and as a stamped scan, so that nothing is read twice."""

from dataclasses import dataclass

from tests.fixtures.mails import attach, mail
from tests.fixtures.make_forms_entries import Entry, entries
from tests.fixtures.make_forms_layouts import word_form
from tests.fixtures.make_forms_ooxml import Style
from tests.fixtures.make_scans import filled, scan_pdf
from tests.fixtures.raw_mails import plain

NAMES = ("寿光", "青州", "诸城", "安丘", "高密", "昌邑", "临朐", "昌乐", "奎文", "潍城", "寒亭", "坊子")
SCANS = 6  #: drawn; the others are the same page in another file


@dataclass(frozen=True)
class Submission:
    """A raw mail, and the files in it."""

    raw: bytes
    word: bytes
    scan: bytes


def submissions(count: int) -> list[Submission]:
    """Return complete submissions to the text call."""
    scans = [scan_pdf(1, _fields(serial), f"{_unit(serial)}", seed=serial) for serial in range(min(count, SCANS))]
    return [_submission(serial, scans[serial % SCANS]) for serial in range(count)]


def _submission(serial: int, scan: bytes) -> Submission:
    fields = _fields(serial)
    word = word_form((Entry(1, {**entries(1)[0].truth, **fields}),), Style())
    scan += b"%% %d\n" % serial  # another file with the same page
    raw = mail(
        subject=f"{_unit(serial)}+{fields['contact']}+{fields['phone']}", sender=f"office{serial}@163.com", text=f"申报材料见附件（{serial}）。",
        attach=[attach("申报表.docx", word), attach("申报表.pdf", scan)],
    )  # fmt: skip
    return Submission(raw, word, scan)


def _unit(serial: int) -> str:
    return f"{NAMES[serial % len(NAMES)]}市第{serial}实验学校"


def _fields(serial: int) -> dict[str, str]:
    return filled(title=f"{_unit(serial)}的诚信故事", phone=f"138{serial:08d}")


def small(serial: int) -> bytes:
    """Return a small mail that asks nothing and brings nothing, no two the same."""
    return plain(f"newsletter {serial}")
