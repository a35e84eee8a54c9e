"""In charge of finding fields in a table: the cell right of a label, below it, or the label's own cell.

Leaves running text to `parsers.forms.lines`. Merged cells, rows split by a page break and lists of cases are understood.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from domain.text import fold
from parsers.forms.found import Found, of_page
from parsers.forms.grid import Cell, Grid
from parsers.forms.joint import joint_labels, shares
from parsers.forms.labels import LONG, Label, Labels
from parsers.forms.lines import LineReader

_REMARK = re.compile(r"^\s*[*＊※]?\s*(?:备?注|说明|填表说明|填写说明|填报说明)\s*[:：]?")
#: Labels of other people's forms, which are never an answer.
_FOREIGN = frozenset({
    "职务", "职称", "手机", "手机号", "手机号码", "传真", "邮编", "邮政编码", "性别", "年龄", "部门", "所在部门", "微信", "微信号", "日期",
    "填表日期", "申报日期", "填报日期", "备注", "序号", "编号", "单位负责人", "负责人", "法定代表人", "统一社会信用代码", "单位性质", "单位类型",
})  # fmt: skip


def find_in_grid(grid: Grid, labels: Labels) -> list[Found]:
    """Return what a table holds, in reading order."""
    inner = [found for cell in grid.cells for nested in cell.nested for found in find_in_grid(nested, labels)]
    if len({found.field for found in inner if found.field != "caption"}) >= 3:
        return inner
    return list(_GridReader(grid, labels).read())


class _GridReader:
    def __init__(self, grid: Grid, labels: Labels) -> None:
        self.grid = grid
        self.labels = labels
        self.marks = {cell: label for cell in grid.cells if (label := labels.whole(cell.text))}
        self.joint = {
            cell: both for cell in grid.cells if cell not in self.marks and (both := joint_labels(labels, cell.text))
        }
        self.fields = {label.field for label in (*self.marks.values(), *chain.from_iterable(self.joint.values()))}
        self.marks |= {cell: both[0] for cell, both in self.joint.items()}
        self.label_columns = {cell.column for cell in self.marks}
        self.labelled_rows = {row for cell in self.marks for row in range(cell.row, cell.row + cell.row_span)}
        self.labels_in_row = Counter(cell.row for cell in self.marks)
        self.used: set[Cell] = set()

    def read(self) -> Iterator[Found]:
        listed = self._list_head()
        for cell in self.grid.cells:
            if cell in self.used:
                continue
            if listed is not None and cell.row == listed:
                yield from self._listed(listed)
            elif label := self.marks.get(cell):
                yield from self._shared(cell, self._valued(cell, label))
            else:
                yield from self._own(cell)

    def _valued(self, cell: Cell, label: Label) -> Found:
        values = self._values(cell, label)
        self.used.update(values)
        text = "\n".join(self._relabelled(value.text, label) for value in values if value.text.strip())
        pages = frozenset[int]().union(*(of_page(value.page) for value in (cell, *values)))
        return Found.of(label, text, unsure=any(value.unsure for value in values), pages=pages)

    def _shared(self, cell: Cell, found: Found) -> Iterator[Found]:
        if cell not in self.joint:
            yield found
            return
        answers = shares(found.text)
        for label in self.joint[cell]:
            yield replace(found, field=label.field, text=answers[label.field], annexes=label.annexes)

    def _relabelled(self, text: str, label: Label) -> str:
        head = self.labels.leading(text)
        return head.rest if head and head.colon and head.label.field == label.field else text

    # Where the value stands

    def _values(self, cell: Cell, label: Label) -> list[Cell]:
        right = self._right(cell, label)
        if any(value.text.strip() for value in right):
            return right
        return self._below(cell, beside=bool(right)) or right

    def _right(self, cell: Cell, label: Label) -> list[Cell]:
        values: list[Cell] = []
        for row in range(cell.row, cell.row + cell.row_span):
            values.extend(value for value in self._along(cell, row) if value not in values)
        if label.field not in LONG:
            values = _first_answer(values, cell.row_span)
        return values + self._continued(cell, values) if values else []

    def _along(self, cell: Cell, row: int) -> Iterator[Cell]:
        column = cell.column + cell.column_span
        while (value := self.grid.at(row, column)) and not self._stops(value, cell):
            yield value
            column = value.column + value.column_span

    def _stops(self, value: Cell, label: Cell) -> bool:
        if value in self.marks or value in self.used or value.row < label.row:
            return True
        if fold(value.text) in _FOREIGN:
            return True
        head = self.labels.leading(value.text)
        own = self.marks[label].field
        if head and head.colon and head.label.field != own and head.label.field not in self.fields:
            return head.label.field not in LONG and own not in LONG
        return (
            value.column in self.label_columns - {label.column}
            and 0 < len(fold(value.text)) <= 6
            and own not in LONG
            and value.column > label.column + label.column_span
        )

    def _continued(self, cell: Cell, values: list[Cell]) -> list[Cell]:
        """Return the cells of rows below that go on with the value: a blank stands where a label would."""
        first, last = values[0].column, max(value.column + value.column_span for value in values)
        more: list[Cell] = []
        row = max(value.row + value.row_span for value in (cell, *values))
        while self._goes_on(row, cell, first):
            more.extend(below for below in self.grid.rows[row] if first <= below.column < last)
            row += 1
        return more

    def _goes_on(self, row: int, cell: Cell, first: int) -> bool:
        head = self.grid.at(row, cell.column)
        if head is None or head.row != row or head.text.strip() or row in self.labelled_rows or head.column >= first:
            return False
        return any(below.text.strip() for below in self.grid.rows[row] if below.column >= first)

    def _below(self, cell: Cell, *, beside: bool) -> list[Cell]:
        row = cell.row + cell.row_span
        if beside and not self._headed(cell.row, row):
            return []
        alone = self.labels_in_row[cell.row] == 1
        values: list[Cell] = []
        while value := self._answer_at(row, cell, values):
            values.append(value)
            row = value.row + value.row_span
            if not alone:
                break
        return values

    def _answer_at(self, row: int, cell: Cell, before: list[Cell]) -> Cell | None:
        value = self.grid.at(row, cell.column)
        if value is None or row in self.labelled_rows or value in self.used or value.row != row:
            return None
        head = self.labels.leading(value.text)
        other = head and head.colon and head.label.field != self.marks[cell].field
        remark = _REMARK.match(value.text) or self.labels.caption(value.text[:60]) is not None
        return None if other or remark or (before and not value.text.strip()) else value

    def _headed(self, upper: int, lower: int) -> bool:
        """Tell whether a row is the head of the row below: two labels or more over as many columns, none of them there."""
        if lower >= len(self.grid.rows) or lower in self.labelled_rows:
            return False
        shapes = [[(cell.column, cell.column_span) for cell in self.grid.rows[row]] for row in (upper, lower)]
        return shapes[0] == shapes[1] and sum(cell in self.marks for cell in self.grid.rows[upper]) >= 2

    # Lists of cases, and cells that hold their own label

    def _list_head(self) -> int | None:
        """Return the row whose cells are all labels, a title's among them, over two rows of answers or more."""
        for row, cells in enumerate(self.grid.rows):
            marked = [self.marks[cell].field for cell in cells if cell in self.marks]
            others = [
                cell
                for cell in cells
                if cell not in self.marks and cell.text.strip() and fold(cell.text) not in _FOREIGN
            ]
            if len(set(marked)) >= 3 and "title" in marked and not others and len(self._records(row)) >= 2:
                return row
        return None

    def _records(self, head: int) -> list[int]:
        rows: list[int] = []
        for row in range(head + 1, len(self.grid.rows)):
            if row in self.labelled_rows:
                break
            if any(cell.text.strip() for cell in self.grid.rows[row]):
                rows.append(row)
        return rows

    def _listed(self, head: int) -> Iterator[Found]:
        marked = sorted(
            (cell for cell in self.grid.rows[head] if cell in self.marks),
            key=lambda cell: self.marks[cell].field != "title",
        )
        self.used.update(self.grid.rows[head])
        for row in self._records(head):
            self.used.update(self.grid.rows[row])
            for cell in marked:
                value = self.grid.at(row, cell.column)
                if value is not None:
                    yield Found.of(self.marks[cell], value.text, unsure=value.unsure, pages=of_page(value.page))

    def _own(self, cell: Cell) -> Iterator[Found]:
        annex = self.labels.caption(cell.text) if len(cell.text) <= 60 else None
        if annex is not None:
            yield Found("caption", cell.text, frozenset({annex}))
        elif self.labels.leading(cell.text):
            reader = LineReader(self.labels, weak=False, passed_over=self.fields, page=cell.page)
            yield from reader.read(cell.text.split("\n"))


def _first_answer(values: list[Cell], rows: int) -> list[Cell]:
    """Return the cells of a one-line value: the first that is not blank, and for a label of several rows one each."""
    if rows > 1:
        return values
    return next(([value] for value in values if fold(value.text)), values[:1])
