"""In charge of putting pages together: a table's row that a page break cut in two is one row again.

Serves text layers as well as scans. Leaves meaning to `parsers.form`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from parsers.form import Block
from parsers.grid import Cell, Grid

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
    """Tell whether the first row of a page is the rest of the row above: one of the two has no label."""
    if not before.cells or not after.cells:
        return False
    upper, lower = before.rows[-1], after.rows[0]
    if len(upper) < 2 or len(lower) < 2:
        return False
    return (not upper[0].text.strip() or not lower[0].text.strip()) and bool(_text(lower[1:]) or _text(upper[1:]))


def _joined(before: Grid, after: Grid) -> tuple[Grid, Grid]:
    """Return the upper grid with its last row made whole, and what is left of the lower one."""
    upper, lower = before.rows[-1], after.rows[0]
    head, value = upper[0], upper[-1]
    text = _seamed(_text(upper[1:]), _text(lower[1:]))
    unsure = any(cell.unsure for cell in (*upper[1:], *lower[1:]))
    whole = (replace(head, text=head.text.strip() or lower[0].text), replace(value, text=text, unsure=unsure))
    kept = tuple(cell for cell in before.cells if cell not in upper)
    rest = tuple(replace(cell, row=cell.row - 1) for cell in after.cells if cell not in lower)
    return Grid(kept + (whole if len(upper) > 1 else upper)), Grid(rest)


def _seamed(one: str, other: str) -> str:
    return one + ("" if not one or not other or not one.endswith(_ENDS) else "\n") + other


def _text(cells: Iterable[Cell]) -> str:
    return "\n".join(cell.text for cell in cells if cell.text.strip())
