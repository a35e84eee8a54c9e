"""In charge of recognising a form's printed labels in whatever way they were typed: spaced, numbered, noted, mistyped.

Leaves what stands beside a label to `parsers.forms.tables` and `parsers.forms.lines`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.notice import FormTemplate
from domain.text import fold

#: Fields whose value is a text whose lines are kept; the others are one line each.
LONG = frozenset({"category", "highlights", "content", "opinion"})
_OF_A_PERSON = frozenset({"contact", "phone", "email", "address"})
_NOTE = r"(?:\s*[(（\[〔][^()（）\[\]〔〕]{0,120}[)）\]〕])"
_NOTES = re.compile(_NOTE)
_LEAD = r"\s*(?:[*＊※●◆■·【\[]\s*|[(（]?[一二三四五六七八九十\d]{1,3}\s*[)）、.．]\s*)*"
_MARK = r"(?:[*＊※●]\s*|(?<!\d)\d{1,2}[、.．]\s*)"
_NUMBER = re.compile(r"^\s*(?:[(（]?[一二三四五六七八九十\d]{1,3}\s*[)）、.．])+")
_OWNER = re.compile(r"^(?:(?:申报|参评|推荐|报送|填报|参赛)?(?:单位|者)|申报|参评|本)的?")
_LONGEST = 160  # characters of a cell that may still be a label with its note


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label: the field it names and the annexes that print it."""

    field: str
    annexes: frozenset[int]
    text: str  #: folded


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label at the head of a text, and the rest behind it."""

    label: Label
    rest: str
    colon: bool  #: set off by a colon, a tab or brackets, not by white space alone
    alone: bool  #: nothing stands behind it on its line


@dataclass(frozen=True, slots=True)
class Inline:
    """A label with its colon inside a line."""

    label: Label
    start: int
    end: int  #: where its value begins
    apart: bool  #: white space or punctuation stands before it


class Labels:
    """The labels of all annexes, ready to be sought."""

    def __init__(self, templates: Sequence[FormTemplate]) -> None:
        self.templates = tuple(templates)
        self.by_text: dict[str, Label] = {}
        for template in templates:
            for field, texts in template.labels.items():
                for text in texts:
                    self._add(fold(text), field, template.annex)
        words = "|".join(_spaced(text) for text in sorted(self.by_text, key=len, reverse=True)) or r"(?!)"
        self._leading = re.compile(
            rf"{_LEAD}(?P<label>{words})(?P<close>\s*[】\]])?\s*[*＊]?{_NOTE}?(?P<sep>\s*[:：﹕︰][ \t\u3000]*|\s+|$|(?<=[】\]]))"
        )
        self._inline = re.compile(rf"{_MARK}?(?P<label>{words}){_NOTE}?\s*[:：﹕︰][ \t\u3000]*")
        self._spread = re.compile(rf"(?:(?<=\s)|^){_MARK}?(?P<label>{words})(?:[ \t\u3000]+|$)")
        self._names = [(fold(template.name), template.annex) for template in templates]

    def _add(self, text: str, field: str, annex: int) -> None:
        old = self.by_text.get(text)
        annexes = (old.annexes if old else frozenset()) | {annex}
        self.by_text[text] = Label(field, annexes, text)

    def whole(self, text: str) -> Label | None:
        """Return the label that a cell's whole text is, or None. One slip in four characters or more is forgiven."""
        if not text or len(text) > _LONGEST:
            return None
        bare = fold(_NUMBER.sub("", _NOTES.sub("", text)))
        for candidate in (fold(text), bare):
            if label := self.by_text.get(candidate) or self._owned(candidate):
                return label
        return self._nearly(bare)

    def _owned(self, text: str) -> Label | None:
        label = self.by_text.get(_OWNER.sub("", text, count=1))
        return label if label and label.field in _OF_A_PERSON else None

    def _nearly(self, text: str) -> Label | None:
        if len(text) < 4:
            return None
        near = [label for label in self.by_text.values() if len(label.text) >= 4 and _one_slip(label.text, text)]
        return near[0] if len({label.field for label in near}) == 1 else None

    def leading(self, text: str) -> Labelled | None:
        """Return the label at the head of a text that goes on behind it, or None."""
        match = self._leading.match(text)
        if not match:
            return None
        label = self.by_text[fold(match["label"])]
        separator = match["sep"]
        colon = bool(match["close"]) or any(mark in separator for mark in ":：﹕︰\t")
        rest = text[match.end() :]
        alone = "\n" in separator or not rest.strip()
        return Labelled(label, rest.strip(), colon, alone)

    def inline(self, text: str) -> Iterator[Inline]:
        """Yield the labels with a colon, or standing free between white space, inside one line."""
        taken = -1
        found = [*self._inline.finditer(text), *self._spread.finditer(text)]
        for match in sorted(found, key=lambda found: (found.start(), -found.end())):
            if match.start() < taken:
                continue
            taken = match.end()
            before = text[: match.start()][-1:]
            apart = not before or not before.isalnum()
            yield Inline(self.by_text[fold(match["label"])], match.start(), match.end(), apart)

    def caption(self, text: str) -> int | None:
        """Return the annex whose printed title stands in a short text, or None."""
        folded = fold(text[:200])
        exact = [annex for name, annex in self._names if name and name in folded]
        if len(exact) == 1:
            return exact[0]
        numbered = re.fullmatch(r"附件(\d|[一二三四])", folded)
        if not exact and numbered:
            number = "0一二三四".find(numbered[1])
            annex = number if number > 0 else int(numbered[1]) if numbered[1].isdigit() else 0
            return annex if any(annex == known for _, known in self._names) else None
        return None


def _spaced(text: str) -> str:
    return r"[ \t\u3000\n]*".join(re.escape(character) for character in text)


def _one_slip(one: str, other: str) -> bool:
    """Tell whether two texts differ in one character; one more or fewer may be a label and its answer."""
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1
