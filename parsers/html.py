"""In charge of HTML documents, those Word saves as .doc or .mht among them: visible lines and tables.

Nothing is loaded: no picture, style sheet or frame. Leaves HTML mail bodies to `parsers.message.body`.
"""

import re
from collections.abc import Sequence
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING

from domain.facts import FileFacts
from domain.kinds import Kind
from parsers.forms.document import document_facts, unread
from parsers.forms.reading import Block
from parsers.message.charset import decode_bytes
from parsers.registry import ReadJob, parser

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_NAME = "html"
_MOST_BYTES = 20 * 1024**2
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_GENERATOR = re.compile(r"<meta\s[^>]*generator[^>]*content\s*=\s*(?:[\"']([^\"'>]*)|([^\s>]+))", re.IGNORECASE)


@parser(_NAME, kinds=(Kind.HTML,), version=1)
def read(path: Path, job: ReadJob) -> FileFacts:
    """Return what an HTML or MHTML document tells."""
    if path.stat().st_size > _MOST_BYTES:
        return unread(_NAME, "memory", f"over {_MOST_BYTES} bytes of HTML")
    data = path.read_bytes()
    return document_facts(_NAME, html_blocks(data), job, producer=_generator(data))


def html_blocks(data: bytes) -> Sequence[Block]:
    """Return the visible lines and tables of HTML, or of the first HTML part of MHTML (RFC 2557)."""
    from parsers.office.html_body import HtmlReader

    root = _root(data)
    return HtmlReader().blocks(root.body or root)


def _root(data: bytes) -> "BeautifulSoup":
    from bs4 import BeautifulSoup

    page, charset = _page(data)
    return BeautifulSoup(_text(page, charset), "lxml")


def _page(data: bytes) -> tuple[bytes, str | None]:
    """Return the page itself and the charset its envelope declares."""
    if b"mime-version:" not in data[:2000].lower():
        return data, None
    for part in message_from_bytes(data).walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            return (payload if isinstance(payload, bytes) else b""), part.get_content_charset()
    return b"", None


def _text(page: bytes, charset: str | None) -> str:
    """Return the page decoded: a byte order mark, UTF-8 where it fits, else what is declared."""
    if page.startswith((b"\xff\xfe", b"\xfe\xff")):
        return page.decode("utf-16", "replace")
    try:
        return page.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _CHARSET.search(page[:4000])
        return decode_bytes(page, charset or (declared[1].decode("ascii") if declared else None)).text


def _generator(data: bytes) -> str:
    page, charset = _page(data)
    found = _GENERATOR.search(_text(page[:20_000], charset))
    return (found[1] or found[2] or "").strip()[:100] if found else ""
