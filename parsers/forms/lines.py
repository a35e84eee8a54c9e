"""In charge of finding fields in running text: "联系人：张三  电话：…" on a line, a label as a heading, text below it.

Leaves tables to `parsers.forms.tables`.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from domain.phone import find_phones
from domain.text import fold
from parsers.forms.found import Found, of_page
from parsers.forms.labels import LONG, Inline, Label, Labels

_LONGEST_VALUE = 60  # characters of a one-line value set off by white space alone
_APPENDIX = re.compile(r"^\s*附\s*件\s*[\d一二三四五六七八九十]?\s*[:：]?\s*$")


@dataclass(slots=True)
class _Open:
    """The label whose value is being read."""

    label: Label
    rows: list[str]
    heading: bool  #: the label has its line to itself

    @property
    def short(self) -> bool:
        return self.label.field not in LONG

    @property
    def takes_more(self) -> bool:
        return not self.short or (self.heading and not any(row.strip() for row in self.rows))


class LineReader:
    """Reads lines one by one; what it found comes out as each value ends."""

    def __init__(
        self, labels: Labels, *, weak: bool, passed_over: Collection[str] = (), page: int | None = None
    ) -> None:
        self._labels = labels
        self._weak = weak
        self._passed_over = frozenset(passed_over)  #: fields that have their own cells: their labels are text here
        self._page = page
        self._open: _Open | None = None
        self._seen: set[str] = set()

    def read(self, lines: Sequence[str]) -> Iterator[Found]:
        """Yield what the lines hold, in order."""
        for line in lines:
            yield from self._line(line)
        yield from self._close()

    def _line(self, line: str) -> Iterator[Found]:
        annex = self._labels.caption(line) if len(line) <= 60 else None
        if annex is not None:
            yield from self._close()
            self._seen.clear()
            yield Found("caption", line, frozenset({annex}), weak=self._weak)
        elif starts := self._starts(line):
            yield from self._split(line, starts)
        elif later := self._after_number(line):
            yield from self._split(line, later)
        elif _APPENDIX.match(line):
            yield from self._close()
        elif self._open and (self._open.takes_more or not self._weak or self._another_number(line)):
            self._open.rows.append(line)

    def _another_number(self, line: str) -> bool:
        """Tell whether a line is one more phone and nothing else."""
        phone = self._open is not None and self._open.label.field == "phone"
        return phone and len(line) <= 40 and fold(line).isdigit() and any(True for _ in find_phones(line))

    def _after_number(self, line: str) -> list[Inline]:
        """Return the labels of a line that begins with one more phone, which is taken."""
        if self._open is None or self._open.label.field != "phone" or len(line) > 200:
            return []
        found = [label for label in self._labels.inline(line) if label.apart]
        if not found or not self._another_number(line[: found[0].start]):
            return []
        self._open.rows.append(line[: found[0].start])
        return found

    def _starts(self, line: str) -> list[Inline]:
        """Return the labels of a line that begins with one which counts here."""
        head = self._labels.leading(line)
        if not head or head.label.field in self._passed_over or not self._counts(head.label, head.colon, head.rest):
            return []
        first = Inline(head.label, 0, len(line.rstrip()) - len(head.rest) if head.rest else len(line), True)
        if head.label.field in LONG:
            return [first]
        return [first, *(found for found in self._labels.inline(line) if self._follows(found, first))]

    def _counts(self, label: Label, colon: bool, rest: str) -> bool:
        """Tell whether a label at the head of a line is one, and not a word of the text being read."""
        own_line = colon or not rest
        if self._open and not self._open.short:
            return self._breaks_in(label, own_line=own_line, colon=colon)
        if own_line:
            return True
        if label.field not in LONG:
            return len(rest) <= _LONGEST_VALUE
        return bool(self._seen) and label.field not in self._seen

    def _breaks_in(self, label: Label, *, own_line: bool, colon: bool) -> bool:
        """Tell whether a label ends the long answer being read. In a cell of the content only long answers follow."""
        plain = len(label.text) >= 4
        if label.field in self._seen:
            last = self._open is not None and self._open.label.field == "opinion"
            return label.field == "title" and plain and (colon or (last and own_line))
        if not self._weak and self._open and self._open.label.field == "content" and label.field not in LONG:
            return False
        return own_line or (label.field in LONG and plain)

    def _follows(self, found: Inline, first: Inline) -> bool:
        return (
            found.start >= first.end
            and found.label.field not in self._passed_over
            and (found.apart or found.label.field in {"phone", "email"})
        )

    def _split(self, line: str, starts: list[Inline]) -> Iterator[Found]:
        ends = [start.start for start in starts[1:]] + [len(line)]
        for start, end in zip(starts, ends, strict=True):
            yield from self._close()
            value = line[start.end : end].strip(" \t\u3000,，;；、")
            self._open = _Open(start.label, [value], heading=len(starts) == 1 and "\t" not in line)
            if start.label.field == "title":
                self._seen.clear()
            self._seen.add(start.label.field)

    def _close(self) -> Iterator[Found]:
        if self._open:
            text = "\n".join(self._open.rows)
            yield Found.of(self._open.label, text, weak=self._weak, pages=of_page(self._page))
        self._open = None
