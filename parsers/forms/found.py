"""In charge of the step between finding and filling: fields found in reading order, gathered into forms.

Leaves finding to `parsers.forms.tables` and `parsers.forms.lines`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from parsers.forms.labels import Label


@dataclass(frozen=True, slots=True)
class Found:
    """One label with what stands for it, or (field "caption") a form's printed title."""

    field: str
    text: str
    annexes: frozenset[int]
    weak: bool = False  #: from running text: fills gaps of a table, never contradicts it
    unsure: bool = False
    pages: frozenset[int] = frozenset()

    @classmethod
    def of(cls, label: Label, text: str, **more: object) -> "Found":
        return cls(label.field, text, label.annexes, **more)  # type: ignore[arg-type]  # the caller's keywords are our fields


@dataclass(slots=True)
class Draft:
    """A form being gathered: the finds of each field, in order."""

    caption: int | None = None
    finds: dict[str, list[Found]] = field(default_factory=dict)
    strong: set[str] = field(default_factory=set)  #: fields found in a table

    def add(self, found: Found) -> None:
        self.finds.setdefault(found.field, []).append(found)
        if not found.weak:
            self.strong.add(found.field)

    def lacks(self, name: str) -> bool:
        """Tell whether a table's form has begun and has no cell for a field, so that text may give it."""
        return bool(self.strong) and name not in self.strong

    def is_form(self) -> bool:
        """Tell whether enough labels were found to call this a form and not an article that names a contact."""
        if len(self.strong) >= 3 or ("title" in self.strong and len(self.strong) == 2):
            return True
        return len(self.finds) >= (3 if "title" in self.finds else 4)


def gather(finds: Iterable[Found]) -> list[Draft]:
    """Return the forms that finds in reading order belong to; a title again, or a label after a closed form, opens the next."""
    ordered = list(finds)
    strong = [number for number, found in enumerate(ordered) if not found.weak and found.field != "caption"]
    last_title = max((number for number in strong if ordered[number].field == "title"), default=-1)
    drafts = [Draft()]
    caption: int | None = None
    for number, found in enumerate(ordered):
        if found.field == "caption":
            caption = next(iter(found.annexes))
            continue
        if found.weak and strong:
            if drafts[-1].lacks(found.field):
                drafts[-1].add(found)
            continue
        if _opens(drafts[-1], found, title_ahead=number < last_title):
            drafts.append(Draft())
        if not drafts[-1].finds:
            drafts[-1].caption, caption = caption, None
        drafts[-1].add(found)
    return [draft for draft in drafts if draft.is_form()]


def _opens(draft: Draft, found: Found, *, title_ahead: bool) -> bool:
    if found.field == "title":
        return "title" in draft.finds
    closed = "title" in draft.finds and "opinion" in draft.finds and found.field != "opinion"
    return closed and title_ahead


def of_page(page: int | None) -> frozenset[int]:
    """Return a page as the set of pages a find stands on."""
    return frozenset() if page is None else frozenset({page})


def texts(finds: Iterable[Found]) -> Iterator[str]:
    """Yield what was found, without the blanks."""
    return (found.text for found in finds if found.text.strip())
