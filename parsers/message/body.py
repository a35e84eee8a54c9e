"""In charge of the words of a mail: charset of a text part, and plain text out of HTML with what is hidden dropped.

Leaves to `message.quotes` which words are the sender's own, and to `links.finding` what the anchors mean.
"""

import re
import warnings
from collections.abc import Iterable, Iterator

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag, XMLParsedAsHTMLWarning
from bs4.element import PageElement, PreformattedString

from domain.text import clean
from parsers.message.charset import Decoded, decode_bytes, family

MAX_TEXT = 1_000_000  #: characters kept of one text part; what people write is far shorter
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:\.0*)?(?:px|pt|em|%)?\s*(?:;|$)|opacity\s*:\s*0\s*(?:;|$)"
    r"|mso-hide\s*:\s*all",
    re.IGNORECASE,
)
_SILENT = frozenset({"script", "style", "head", "title", "noscript", "template", "iframe", "object", "embed"})
_BLOCKS = frozenset({
    "p", "div", "br", "tr", "table", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr", "pre", "section",
    "article", "header", "footer", "dd", "dt", "dl", "form", "fieldset", "center", "address",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_SPACES = re.compile(r"[ \t\xa0\u3000]+")
_WHITE = re.compile(r"\s+")
_BLANKS = re.compile(r"\n\s*\n\s*\n+")


def decode_body(data: bytes, charset: str, *, html: bool = False) -> Decoded:
    """Return a text part's bytes as text. An HTML part without a usable label is asked for its own <meta> first."""
    label = charset
    if html and not family(charset) and (meta := _META.search(data[:4096])):
        label = meta[1].decode("ascii")
        if family(label).startswith("utf-16"):
            label = ""  # a page that can be searched as bytes is not UTF-16
    if len(data) > 4 * MAX_TEXT:
        data = data[: 4 * MAX_TEXT].rpartition(b"\n")[0] or data[: 4 * MAX_TEXT]
    decoded = decode_bytes(data, label)
    return Decoded(clean(decoded.text.removeprefix("\ufeff"))[:MAX_TEXT], decoded.exact)


def soup_of(html: str) -> BeautifulSoup:
    """Return HTML parsed, without what a reader would not see: scripts, styles, comments, hidden elements."""
    with warnings.catch_warnings():  # mail that looks like a file name or XML is parsed all the same
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(html[:MAX_TEXT], "lxml")
    stack: list[Tag] = [soup]
    while stack:  # one walk, without recursion
        for node in list(stack.pop().contents):
            if isinstance(node, Tag):
                if node.name in _SILENT or _is_hidden(node):
                    node.decompose()
                else:
                    stack.append(node)
            elif isinstance(node, PreformattedString):
                node.extract()
    return soup


def _is_hidden(tag: Tag) -> bool:
    style = tag.attrs.get("style")
    return "hidden" in tag.attrs or bool(isinstance(style, str) and _HIDDEN.search(style))


def html_to_text(html: str) -> str:
    """Return the visible text of HTML, a line a block, cells of a row parted by tabs."""
    return text_of(soup_of(html))


def text_of(node: Tag) -> str:
    """Return the text of a parsed tree, a line a block."""
    return text_of_lines(lines_of(node))


def text_of_lines(lines: Iterable[tuple[str, PageElement]]) -> str:
    """Return lines as one text, runs of empty ones made one."""
    return _BLANKS.sub("\n\n", "\n".join(line for line, _ in lines)).strip()


def brief_text(node: Tag, limit: int) -> str | None:
    """Return the text of a tree, or None as soon as it is seen to be longer than limit characters."""
    if len(node.contents) > limit:
        return None
    length = 0
    for piece, _ in _pieces(node):
        length += len(piece)
        if length > limit:
            return None
    return text_of(node)


def lines_of(root: Tag) -> list[tuple[str, PageElement]]:
    """Return the visible lines of a tree, each with the node it begins at."""
    lines: list[tuple[str, PageElement]] = []
    line: list[str] = []
    begins: PageElement | None = None
    for piece, node in _pieces(root):
        if piece == "\n":
            lines.append((_tidy("".join(line)), begins or node))
            line, begins = [], None
        else:
            line.append(piece)
            begins = begins or (node if piece.strip() else None)
    return [*lines, (_tidy("".join(line)), begins or root)]


def _tidy(line: str) -> str:
    return _SPACES.sub(" ", clean(line)).strip()


def _pieces(root: Tag) -> Iterator[tuple[str, PageElement]]:
    """Walk without recursion: HTML from outside nests as deep as it likes."""
    stack: list[tuple[PageElement, str | None]] = [(root, None)]
    while stack:
        node, edge = stack.pop()
        if edge is not None:
            yield edge, node
        elif isinstance(node, Tag):
            edge = "\n" if node.name in _BLOCKS else "\t" if node.name in _CELLS else ""
            yield edge, node
            if node.name != "br":
                stack.append((node, edge))
                stack.extend((child, None) for child in reversed(node.contents))
        else:
            yield _WHITE.sub(" ", str(node)), node
