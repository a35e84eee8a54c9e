"""Word form beside stamped scan: the same case or not, as the daemon tells it.

.venv/bin/python -m bench.accuracy_pairs [--every N]

A pair is the "same" when both land in one case and the rule on copies that differ finds nothing. The scans are those of
accuracy_scans with all their faults; each meets its own Word form, the form with one field changed (to quite another value, and
to one that is nearly the same), another case of the same unit, contact and phone, and the two together.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.accuracy_scans import PEOPLE, PHONES, TITLES, UNITS, Reading, notice, read_all
from bench.table import Figure, f1, share, table
from daemon.assembly import assemble
from daemon.roles import Placed
from domain.facts import FileFacts, FormFields
from domain.kinds import Kind, Role
from domain.mail import Part
from parsers.registry import ReadJob, read_file
from tests.fixtures.make_forms_entries import COMMITMENT, Entry
from tests.fixtures.make_forms_layouts import word_form
from validators.likeness import differing

OTHER_BODY = (
    "我单位以“诚信超市”为抓手，将村民参与环境整治、志愿服务、移风易俗等折算为积分，凭积分兑换日用品。一年来登记积分七万余条，"
    "评出诚信示范户一百一十户，矛盾纠纷同比减少四成，村里的红黑榜成了乡亲们茶余饭后谈得最多的话题。"
)
OTHER_TITLE = "小积分兑出乡村大文明"
#: A value that differs as little as people's do: another member of a family, the neighbouring number, a second part.
NEAR_PEOPLE = {
    "李建国": "李建军",
    "王 磊": "王 伟",
    "欧阳雪梅": "欧阳雪琴",
    "张永刚": "张永强",
    "朱镕喆": "朱镕基",
    "于洋": "于海",
}


@dataclass(frozen=True)
class Pair:
    """A scan and the Word form that came with it."""

    name: str
    reading: Reading
    word: FormFields
    changed: str  #: the field that differs; "case": it is another case; "": nothing does


def pairs(readings: Sequence[Reading]) -> Iterator[Pair]:
    """Yield every pair, the Word form read from a document of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for number, reading in enumerate(readings):
            for changed, kind, entry in _entries(number, reading):
                name = f"{reading.scan.name} / {kind}"
                yield Pair(name, reading, read_word(entry, Path(folder)), changed)


def read_word(entry: Entry, folder: Path) -> FormFields:
    path = folder / "form.docx"
    path.write_bytes(word_form(entry))
    return read_file(path, ReadJob(Kind.DOCX, folder, notice().forms, notice().commitment)).forms[0]


def _entries(number: int, reading: Reading) -> Iterator[tuple[str, str, Entry]]:
    """Yield (what differs, how, the Word form) for a scan."""
    scan = reading.scan
    own = _entry(scan.annex, scan.fields, scan.signature)
    yield "", "its own form", own
    for field, value in _others(number, reading):
        yield field, f"another {field}", own.but(field, value)
    for field, value in _near(number, reading):
        yield field, f"nearly the same {field}", own.but(field, value)
    if scan.signature:
        unit = UNITS[(UNITS.index(scan.signature) + 1) % len(UNITS)]
        yield "unit", "another unit", _entry(scan.annex, scan.fields, unit)
    yield "case", "another case of the contact", own.but("title", OTHER_TITLE).but("content", OTHER_BODY)


def _entry(annex: int, fields: dict[str, str], unit: str) -> Entry:
    signed = f"{COMMITMENT}\n{unit}（盖章）\n2023年8月15日" if unit else f"{COMMITMENT}\n（盖章）"
    return Entry(annex, {**fields, "opinion": signed}, unit=unit or None)


def _others(number: int, reading: Reading) -> Iterator[tuple[str, str]]:
    fields = reading.scan.fields
    for field, values in (("title", TITLES), ("contact", PEOPLE), ("phone", PHONES)):
        yield field, values[(values.index(fields[field]) + 1) % len(values)]


def _near(number: int, reading: Reading) -> Iterator[tuple[str, str]]:
    fields = reading.scan.fields
    last = fields["phone"][-1]
    yield "phone", fields["phone"][:-1] + str((int(last) + 3) % 10)
    yield "contact", NEAR_PEOPLE[fields["contact"]]
    yield "title", f"{fields['title']}（{'二三'[number % 2]}期）"


def told(pair: Pair) -> tuple[str, ...]:
    """Return the fields in which the daemon finds the copies to differ; ("case",) where it makes two cases of them."""
    word = _placed("申报表.docx", Kind.DOCX, Role.WORD_FORM, pair.word, FileFacts(parser="word", version=1))
    drafts = assemble([word, *_scans(pair.reading)], (), notice())
    if len(drafts) != 1:
        return ("case",)
    scan = pair.reading.facts
    return tuple(differing(pair.word, scan.forms[0], by_ocr=scan.source == "ocr"))


def _scans(reading: Reading) -> list[Placed]:
    role = Role.PDF_FORM if reading.scan.kind is Kind.PDF else Role.IMAGE_FORM
    return [_placed("盖章.pdf", reading.scan.kind, role, form, reading.facts) for form in reading.facts.forms[:1]]


def _placed(name: str, kind: Kind, role: Role, form: FormFields, facts: FileFacts) -> Placed:
    told: dict[str, Any] = {"path": name, "filename": name, "media_type": "", "sha256": name, "size": 1}
    return Placed(Part(kind=kind, **told), facts, role, form)


def sorted_right(reading: Reading, own: FormFields, other: FormFields) -> bool:
    """Tell whether, of two cases in one mail, the scan is given to its own."""
    words = [
        _placed(f"{number}.docx", Kind.DOCX, Role.WORD_FORM, form, FileFacts(parser="word", version=1))
        for number, form in enumerate((other, own))
    ]
    holders = [draft for draft in assemble([*words, *_scans(reading)], (), notice()) if draft.has_scan()]
    return len(holders) == 1 and [item.form for item in holders[0].of(Role.WORD_FORM)] == [own]


def figures(readings: Sequence[Reading]) -> tuple[Figure, ...]:
    """Return how well same and different are told apart, and how well scans are sorted. A scan without a form is no pair."""
    read = [reading for reading in readings if reading.facts.forms]
    all_pairs = list(pairs(read))
    judged = [(pair, told(pair)) for pair in all_pairs]
    same = [(f"{pair.name} → {', '.join(found) or 'same'}", not pair.changed, not found) for pair, found in judged]
    own = {pair.reading.scan.name: pair.word for pair in all_pairs if not pair.changed}
    other = {pair.reading.scan.name: pair.word for pair in all_pairs if pair.changed == "case"}
    lost = [one.scan.name for one in read if not sorted_right(one, own[one.scan.name], other[one.scan.name])]
    return (
        f1("same case, nothing changed", same, 0.99),
        _named([(pair, found) for pair, found in judged if pair.changed not in ("", "case")]),
        share("scan given to its own case", len(read) - len(lost), len(read), 0.99, lost),
    )


def _named(judged: Sequence[tuple[Pair, tuple[str, ...]]]) -> Figure:
    wrong = [f"{pair.name} → {', '.join(found) or 'same'}" for pair, found in judged if found != (pair.changed,)]
    return share("changed field named, and no other", len(judged) - len(wrong), len(judged), 0.99, wrong)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--every", type=int, default=1, help="take each N-th scan only")
    print(table(figures(read_all(options.parse_args().every))))


if __name__ == "__main__":
    main()
