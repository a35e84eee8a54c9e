"""In charge of asking about many keys with few queries: keys in short lists, rows gathered under their keys."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

_SIZE = 500  #: far below SQLite's (32,766) and PostgreSQL's (65,535) limits on parameters

_T = TypeVar("_T")


def batches(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Yield items in runs short enough for one query."""
    for start in range(0, len(items), _SIZE):
        yield items[start : start + _SIZE]


def gathered(rows: Iterable[_T], key: Callable[[_T], str | None]) -> dict[str, list[_T]]:
    """Return rows under their keys, in their order; a key without rows has an empty list."""
    found: dict[str, list[_T]] = defaultdict(list)
    for row in rows:
        found[key(row) or ""].append(row)
    return found
