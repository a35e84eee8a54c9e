"""In charge of looking at WordprocessingML elements by local name, so that transitional and strict documents read alike.

Leaves what the elements mean to `parsers.office.word_body` and `parsers.office.word_table`.
"""

from functools import lru_cache

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
    return _split(element.tag)[0]


def in_word(element: Element) -> bool:
    """Tell whether an element is WordprocessingML."""
    return _split(element.tag)[1]


@lru_cache(maxsize=2048)
def _split(tag: object) -> tuple[str, bool]:
    if not isinstance(tag, str):
        return "", False
    namespace, _, name = tag.rpartition("}")
    return name, namespace[1:] in _W


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute by its local name, in whichever namespace the dialect puts it."""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), None)


def child(element: Element, *names: str) -> Element | None:
    """Return the first child on a path of local names, or None."""
    for name in names:
        for inner in element:
            if local(inner) == name:
                element = inner
                break
        else:
            return None
    return element


def is_on(element: Element | None) -> bool:
    """Tell whether a toggle property is set (§17.17.4): present, and not switched off."""
    return element is not None and (attribute(element, "val") or "1").lower() not in _OFF


def showing_placeholder(control: Element) -> bool:
    """Tell whether a content control shows its prompt ("单击此处输入文字"), which is no content (§17.5.2.39)."""
    return is_on(child(control, "sdtPr", "showingPlcHdr"))


def mark_deleted(paragraph: Element) -> bool:
    """Tell whether the paragraph's end was deleted or moved away, so that it runs on into the next (§17.13.5.15)."""
    properties = _leading(paragraph, "pPr")
    return properties is not None and any(child(properties, "rPr", name) is not None for name in ("del", "moveFrom"))


def is_hidden(run: Element) -> bool:
    """Tell whether a run is hidden text (§17.3.2.41)."""
    properties = _leading(run, "rPr")
    return properties is not None and is_on(child(properties, "vanish"))


def _leading(element: Element, name: str) -> Element | None:
    """Return an element's properties, which stand before everything else in it."""
    return element[0] if len(element) and local(element[0]) == name else None


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
