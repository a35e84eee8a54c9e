"""In charge of what a measurement is and how figures stand in a table beside their goals, wrong items named below."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

_HEAD = ("class", "items", "figure", "least … most", "goal", "met", "wrong")


@dataclass(frozen=True)
class Figure:
    """One class of things measured."""

    name: str
    items: int  #: how many were measured
    value: float
    goal: float
    form: str = ".2%"  #: how value and goal are written
    most: bool = False  #: the goal is a most, else a least
    wrong: tuple[str, ...] = ()  #: the items that were not right, by name and what was wrong
    spread: tuple[float, float] | None = None  #: least and most, where the value is a median

    @property
    def met(self) -> bool:
        return self.value <= self.goal if self.most else self.value >= self.goal

    def row(self) -> tuple[str, ...]:
        goal = f"{'≤' if self.most else '≥'} {self.goal:{self.form}}"
        return (
            self.name,
            str(self.items),
            f"{self.value:{self.form}}",
            f"{self.spread[0]:{self.form}} … {self.spread[1]:{self.form}}" if self.spread else "",
            goal,
            "yes" if self.met else "NO",
            str(len(self.wrong) or ""),
        )


def share(name: str, right: int, items: int, goal: float, wrong: Sequence[str] = ()) -> Figure:
    """Return the share of items that are right. None measured is none right."""
    return Figure(name, items, right / items if items else 0.0, goal, wrong=tuple(wrong))


def f1(name: str, judged: Iterable[tuple[str, bool, bool]], goal: float) -> Figure:
    """Return F1 of "has it" over (name, is so, was told so). Wrong items are named."""
    rows = list(judged)
    hits = sum(true and told for _, true, told in rows)
    marked = sum(true for _, true, _ in rows) + sum(told for _, _, told in rows)
    wrong = tuple(f"{item}: {'missed' if true else 'false alarm'}" for item, true, told in rows if true is not told)
    return Figure(name, len(rows), 2 * hits / marked if marked else 0.0, goal, ".4f", wrong=wrong)


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as one table, one row a class, columns without content left out, and below it every wrong item by name."""
    rows = _without_empty_columns([_HEAD, *(figure.row() for figure in figures)])
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(_filled(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    named = [
        line
        for figure in figures
        if figure.wrong
        for line in ("", f"{figure.name}:", *map("  {}".format, figure.wrong))
    ]
    return "\n".join([*lines, *named])


def _without_empty_columns(rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return rows without the columns that hold nothing below their head."""
    held = [column for column in range(len(rows[0])) if any(row[column] for row in rows[1:])]
    return [tuple(row[column] for column in held) for row in rows]


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _filled(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
