"""In charge of the visible content of WordprocessingML (ISO/IEC 29500-1 §17), transitional or strict: lines and tables.

Insertions are content, deletions and moved-away text are not (§17.13.5). Content controls, text boxes and nested tables
are walked into; headers, footers, notes and comments stand in other parts and are not. Leaves packages to `parsers.office.word_package`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from parsers.forms.reading import Block
from parsers.office.word_table import TableReader
from parsers.office.word_xml import (
    Element,
    alternative,
    attribute,
    child,
    in_word,
    is_hidden,
    is_on,
    local,
    mark_deleted,
    showing_placeholder,
    whole_number,
)

_MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_SKIPPED = frozenset(
    {
        "del", "moveFrom", "delText", "instrText", "delInstrText", "pPr", "rPr", "tblPr", "tcPr", "trPr", "sdtPr", "sectPr",
        "footnoteReference", "endnoteReference", "commentReference", "annotationRef", "rt", "rubyPr",
    }
)  # fmt: skip
_PLAIN = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
#: Check marks of the symbol fonts that forms are ticked with (Wingdings, Wingdings 2).
_SYMBOLS = {0xFE: "☑", 0x52: "☑", 0x53: "☒", 0xFD: "☒", 0xA8: "☐", 0xA3: "☐", 0x6F: "☐", 0x2A: "☐", 0xFC: "✓", 0x50: "✓", 0x4F: "✗", 0xFB: "✗"}  # fmt: skip

Chunk = Callable[[str], Sequence[Block]]


@dataclass(slots=True)
class _Line:
    """A paragraph being read: its text, and the text boxes anchored in it."""

    pieces: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)


class BodyReader:
    """Walks body-level content. `chunk` returns the blocks of an altChunk's part by relationship id."""

    def __init__(self, chunk: Chunk = lambda _: ()) -> None:
        self._chunk = chunk
        self._tables = TableReader(self.blocks)

    def blocks(self, container: Element) -> list[Block]:
        """Return lines and tables in reading order; a paragraph's text boxes follow it."""
        blocks: list[Block] = []
        joined = ""
        for element in body_level(container):
            name = local(element)
            if name == "p":
                line = self._paragraph(element)
                joined += "".join(line.pieces)
                if mark_deleted(element):
                    continue
                blocks.append(joined)
                joined = ""
                for box in line.boxes:
                    blocks.extend(_one_text(self.blocks(box)))
            elif name == "tbl":
                blocks.append(self._tables.read(element))
            elif name == "altChunk":
                blocks.extend(self._chunk(attribute(element, "id") or ""))
        return [*blocks, joined] if joined else blocks

    def _paragraph(self, element: Element) -> _Line:
        line = _Line()
        _read_inline(element, line)
        return line


def _one_text(box: list[Block]) -> list[Block]:
    """Return a text box's lines as one text, so that a label set vertically in it stays one."""
    lines = [block for block in box if isinstance(block, str)]
    return ["\n".join(lines)] if len(lines) == len(box) else box


def body_level(container: Element) -> Iterator[Element]:
    """Yield paragraphs, tables and chunks, walking through content controls, tracked insertions and the like."""
    for inner in container:
        name = local(inner)
        if name in {"p", "tbl", "altChunk"} and in_word(inner):
            yield inner
        elif name == "AlternateContent":
            yield from body_level(alternative(inner))
        elif name == "sdt" and showing_placeholder(inner) and next(inner.iter("{*}tbl"), None) is None:
            yield from ()
        elif name not in _SKIPPED and isinstance(inner.tag, str):
            yield from body_level(inner)


def _read_inline(element: Element, line: _Line) -> None:
    for inner in element:
        name = local(inner)
        if not name or name in _SKIPPED:
            continue
        if name == "AlternateContent":
            _read_inline(alternative(inner), line)
        elif not in_word(inner):
            _read_foreign(inner, name, line)
        elif not _read_leaf(inner, name, line):
            _read_inline(inner, line)


def _read_leaf(element: Element, name: str, line: _Line) -> bool:
    """Take what needs no walking into; tell whether it did."""
    if name == "t":
        line.pieces.append(element.text or "")
    elif name in _PLAIN:
        line.pieces.append(_PLAIN[name])
    elif name == "sym":
        line.pieces.append(_symbol(element))
    elif name == "ffData":
        line.pieces.append(_form_field(element))
    elif name == "txbxContent":
        line.boxes.append(element)
    elif name == "r":
        return is_hidden(element)
    elif name == "sdt":
        return showing_placeholder(element)
    else:
        return False
    return True


def _read_foreign(element: Element, name: str, line: _Line) -> None:
    if name == "t" and etree.QName(element).namespace == _MATH:
        line.pieces.append(element.text or "")
    else:
        _read_inline(element, line)


def _symbol(element: Element) -> str:
    try:
        code = int(attribute(element, "char") or "0", 16)
    except ValueError:
        return ""
    if 0xF000 <= code <= 0xF0FF:
        return _SYMBOLS.get(code - 0xF000, "")
    return chr(code) if 0x20 <= code < 0xD800 else ""


def _form_field(element: Element) -> str:
    """Return what a legacy form field shows that stands in no run: a list's choice, a box's tick (§17.16)."""
    if (box := child(element, "checkBox")) is not None:
        mark = child(box, "checked")
        return "☑" if is_on(mark if mark is not None else child(box, "default")) else "☐"
    if (choices := child(element, "ddList")) is not None:
        entries = [attribute(entry, "val") or "" for entry in choices if local(entry) == "listEntry"]
        index = whole_number(child(choices, "result"), 0)
        return entries[index] if 0 <= index < len(entries) else ""
    return ""
