"""In charge of looking at WordprocessingML elements by local name, so that transitional and strict documents read alike.

Leaves what the elements mean to `parsers.word_body` and `parsers.word_table`.
"""

from lxml import etree

_W = frozenset(
    {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    }
)
_OFF = frozenset({"0", "false", "off"})

Element = etree._Element


def local(element: Element) -> str:
    """Return an element's name without its namespace; "" for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def in_word(element: Element) -> bool:
    """Tell whether an element is WordprocessingML."""
    return etree.QName(element).namespace in _W


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute by its local name, in whichever namespace the dialect puts it."""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), None)


def child(element: Element, *names: str) -> Element | None:
    """Return the first child on a path of local names, or None."""
    found: Element | None = element
    for name in names:
        found = next((inner for inner in found if local(inner) == name), None) if found is not None else None
    return found


def is_on(element: Element | None) -> bool:
    """Tell whether a toggle property is set (§17.17.4): present, and not switched off."""
    return element is not None and (attribute(element, "val") or "1").lower() not in _OFF


def showing_placeholder(control: Element) -> bool:
    """Tell whether a content control shows its prompt ("单击此处输入文字"), which is no content (§17.5.2.39)."""
    return is_on(child(control, "sdtPr", "showingPlcHdr"))


def mark_deleted(paragraph: Element) -> bool:
    """Tell whether the paragraph's end was deleted, so that it runs on into the next (§17.13.5.15)."""
    return child(paragraph, "pPr", "rPr", "del") is not None


def alternative(element: Element) -> Element:
    """Return the branch of mc:AlternateContent to read (Part 3 §7.6): the first that says anything, so text counts once."""
    branches = [inner for inner in element if local(inner) in {"Choice", "Fallback"}]
    telling = (branch for branch in branches if next(branch.iter("{*}t", "{*}tbl", "{*}sym"), None) is not None)
    return next(telling, branches[0] if branches else element)


def whole_number(element: Element | None, default: int) -> int:
    """Return an element's w:val as a number, or the default where it has none that is one."""
    try:
        return int((attribute(element, "val") if element is not None else None) or default)
    except ValueError:
        return default
