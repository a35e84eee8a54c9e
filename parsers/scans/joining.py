"""In charge of putting pages together: a table's row that a page break cut in two is one row again.

Serves text layers as well as scans. Leaves meaning to `parsers.forms.reading`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from parsers.forms.grid import Cell, Grid
from parsers.forms.reading import Block

_ENDS = ("。", "！", "？", "；", "：", "”", "!", "?", "\n")


def join_pages(pages: Iterable[Sequence[Block]]) -> tuple[Block, ...]:
    """Return the blocks of all pages in order, rows that go on over a page break joined."""
    blocks: list[Block] = []
    for page in pages:
        last = next((number for number in range(len(blocks) - 1, -1, -1) if isinstance(blocks[number], Grid)), None)
        first = next((number for number, block in enumerate(page) if isinstance(block, Grid)), None)
        before = blocks[last] if last is not None else None
        after = page[first] if first is not None else None
        if isinstance(before, Grid) and isinstance(after, Grid) and last is not None and _goes_on(before, after):
            blocks[last], rest = _joined(before, after)
            # Page numbers and running heads between the two halves are no part of the form.
            blocks += [rest if block is after else block for block in page if block is not after or rest.cells]
        else:
            blocks += page
    return tuple(blocks)


def _goes_on(before: Grid, after: Grid) -> bool:
    """Tell whether a page begins with the rest of the row above: one of the two has no label, or both are one broken-off cell."""
    if not before.cells or not after.cells:
        return False
    head, lower = _head(before), after.rows[0]
    if len(lower) == 1:
        alone = len(before.rows[-1]) == 1 and before.cells[-1] is head and lower[0].column == head.column
        return alone and not head.text.rstrip().endswith(_ENDS) and bool(head.text.strip())
    unlabelled = not lower[0].text.strip() or (not head.text.strip() and len(before.rows[-1]) > 1)
    return unlabelled and lower[0].column == 0 and any(cell.text.strip() for cell in lower[1:])


def _joined(before: Grid, after: Grid) -> tuple[Grid, Grid]:
    """Return the upper grid with its last row made whole, and what is left of the lower one."""
    head, last, lower = _head(before), before.cells[-1], after.rows[0]
    count = lower[0].row_span if lower[0].text.strip() else _first_labelled(after)
    more = [cell for cell in after.cells if cell.row < count and (cell is not lower[0] or len(lower) == 1)]
    text = "\n".join(cell.text for cell in more if cell.text.strip())
    unsure = last.unsure or any(cell.unsure for cell in more)
    whole = replace(last, text=_seamed(last.text, text), unsure=unsure)
    label = replace(head, text=head.text if head.text.strip() else lower[0].text)
    changed = {last: whole} if head is last else {head: label, last: whole}
    rest = tuple(replace(cell, row=cell.row - count) for cell in after.cells if cell.row >= count)
    return Grid(tuple(changed.get(cell, cell) for cell in before.cells)), Grid(rest)


def _first_labelled(grid: Grid) -> int:
    """Return the first row with a label: the blanks above it belong to the label before the page break."""
    return min((cell.row for cell in grid.cells if cell.column == 0 and cell.text.strip()), default=len(grid.rows))


def _head(grid: Grid) -> Cell:
    """Return the last label's cell: the lowest in the first column."""
    return max((cell for cell in grid.cells if cell.column == 0), key=lambda cell: cell.row, default=grid.cells[-1])


def _seamed(one: str, other: str) -> str:
    return one + ("" if not one or not other or not one.endswith(_ENDS) else "\n") + other
