"""In charge of one message without what is nested in it: its texts and the files it carries, and what the texts say.

Leaves the walk to `message.mime`, the words of a text to `message.words`, headers and nesting to `mail` and `message.carried`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.errors import CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect
from email.message import Message
from functools import cached_property
from itertools import islice
from pathlib import Path

from domain.mail import Link
from domain.notice import Limits
from parsers.links.finding import links_on
from parsers.message.body import decode_body
from parsers.message.charset import decode_bytes
from parsers.message.filenames import FileName
from parsers.message.headers import decode_text
from parsers.message.mime import Leaf, Walk, first, read_leaf, write_leaf
from parsers.message.quotes import Page
from parsers.message.skeleton import Skeleton, read_skeleton
from parsers.message.transfer import Blob, Transfer, uu_split, write_blob
from parsers.message.words import Body, Words, words_of

_FORWARD_SUBJECT = re.compile(r"^\s*(?:fwd?|转发|轉寄|轉發)\s*(?:\(\d+\))?\s*[:：]", re.IGNORECASE)
#: What Exchange and Apple call the pieces of text between attachments.
_TEXT_PIECE = re.compile(r"^ATT\d{3,8}\.(?:txt|html?)$", re.IGNORECASE)
_CID = re.compile(r"\bcid:([^\s\"'<>)&]{1,250})", re.IGNORECASE)
#: Machine-readable halves of reports: `report` reads them, nobody opens them.
_REPORT_PARTS = re.compile(r"^message/(?:global-)?(?:delivery-status|disposition-notification)$|^text/rfc822-headers$")
MAX_BODY = 4 << 20  #: bytes of one text part that are read as words
MAX_HTML = 32 << 20  #: bytes of an HTML part, pasted pictures included
_MAX_PASTED = 50
_BASE64 = re.compile(rb";base64,|;BASE64,|;Base64,")  #: what tells quickly that there may be one of these
_DATA_URI = re.compile(rb"data:(?P<type>image/[a-z+.-]{2,20});base64,(?P<data>[A-Za-z0-9+/=\s]{16,})", re.IGNORECASE)


@dataclass(frozen=True)
class Carried:
    """A file as it came in one message: name as sent, and its bytes."""

    name: FileName
    blob: Blob
    declared_type: str = ""
    content_id: str = ""
    inline: bool = False
    is_message: bool = False  #: declared message/rfc822


@dataclass
class Letter:
    """One message read, nested messages left closed."""

    skeleton: Skeleton
    bodies: list[Body] = field(default_factory=list)
    files: list[Carried] = field(default_factory=list)
    skipped: bool = False  #: limits left something out
    complete: bool = True  #: no base64 breaks off
    shown: set[str] = field(default_factory=set)  #: Content-IDs that the markup shows

    @property
    def root(self) -> Message:
        return self.skeleton.root

    @cached_property
    def words(self) -> tuple[Words, ...]:
        """What the text parts say, in order."""
        return tuple(map(words_of, self.bodies))

    @property
    def subject(self) -> str:
        return decode_text(first(self.root, "subject")).text

    @property
    def is_report(self) -> bool:
        return self.root.get_content_type() == "multipart/report"

    @property
    def forwarded(self) -> bool:
        """Tell whether earlier mail below was passed on, so that its links and passwords are the sender's (§4)."""
        return bool(_FORWARD_SUBJECT.match(self.subject)) or any(words.forwarded for words in self.words)

    @property
    def text(self) -> str:
        return "\n\n".join(words.own for words in self._shown() if words.own)

    @property
    def quoted(self) -> str:
        return "\n\n".join(words.quoted for words in self._shown() if words.quoted)

    @property
    def exact(self) -> bool:
        """Tell whether every byte of the shown texts and of the names was understood."""
        texts = all(body.exact for body, words in zip(self.bodies, self.words, strict=True) if self._is_shown(words))
        return texts and all(one.name.exact for one in self.files)

    @property
    def truncated(self) -> bool:
        """Tell whether the message ends before its closing boundary, or inside base64 where it has none."""
        if self.root.is_multipart() or self.root.get_content_maintype() == "multipart":
            torn = (CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect)
            return any(isinstance(defect, torn) for defect in self.root.defects)
        return not self.complete

    def links(self) -> tuple[Link, ...]:
        """Return the links that count: in own words, and in what was forwarded."""
        marked = [words for words in self.words if words.html]
        plain = [words for words in self.words if not words.html]
        return links_on(
            [tree for page in self._pages(marked) for tree in page.trees],
            "\n".join(page.text for page in self._pages(marked) if page.text),
            "\n".join(page.text for page in self._pages(plain) if page.text),
        )

    def _pages(self, several: Sequence[Words]) -> list[Page]:
        quoted = [words.quoted_page for words in several] if self.forwarded else []
        return [*(words.own_page for words in several), *quoted]

    def _shown(self) -> list[Words]:
        return [words for words in self.words if self._is_shown(words)]

    def _is_shown(self, words: Words) -> bool:
        """Of each multipart/alternative the plain text is kept, or the HTML where the plain text is empty."""
        return words.group is None or words.html != (words.group in self._plain)

    @cached_property
    def _plain(self) -> frozenset[int | None]:
        """The multipart/alternatives whose plain text says something."""
        return frozenset(words.group for words in self.words if not words.html and (words.own or words.quoted))


def read_letter(raw: Path, out: Path, limits: Limits) -> Letter:
    """Read one raw message; the files it carries are written to out/<sha256>."""
    letter = Letter(read_skeleton(raw))
    walk = Walk(letter.root, limits)
    for leaf in walk:
        if _REPORT_PARTS.match(leaf.media_type):
            continue
        if leaf.is_body or _TEXT_PIECE.match(leaf.name.text):
            _read_body(letter, leaf, out)
        else:
            blob, complete = write_leaf(leaf, letter.skeleton, out)
            letter.complete = letter.complete and complete
            letter.files.append(_carried(leaf, blob))
    letter.skipped = walk.skipped
    return letter


def _carried(leaf: Leaf, blob: Blob) -> Carried:
    return Carried(
        leaf.name, blob, leaf.content_type.value, leaf.content_id, leaf.disposition.value == "inline", leaf.is_message
    )  # fmt: skip


def _read_body(letter: Letter, leaf: Leaf, out: Path) -> None:
    html, charset = leaf.media_type == "text/html", leaf.content_type.get("charset")
    data, complete = read_leaf(leaf, letter.skeleton, MAX_HTML if html else MAX_BODY)
    letter.complete = letter.complete and complete
    if html:
        if _BASE64.search(data):
            letter.files += _pasted(data, out)
            data = _DATA_URI.sub(b"", data)
        decoded = decode_body(data, charset, html=True)
        if "cid:" in decoded.text.lower():
            letter.shown.update(_CID.findall(decoded.text))
    else:
        data, files = uu_split(data)
        decoded = decode_body(data, charset)
        letter.files += [Carried(FileName(*decode_bytes(name)), write_blob([content], out)) for name, content in files]
    letter.bodies.append(Body(decoded.text, decoded.exact, leaf.group, html))


def _pasted(data: bytes, out: Path) -> Iterator[Carried]:
    """Yield pictures pasted into the markup itself: a stamped form may stand there."""
    for match in islice(_DATA_URI.finditer(data), _MAX_PASTED):
        blob = write_blob(Transfer("base64").decode([match["data"]]), out)
        yield Carried(FileName(""), blob, match["type"].decode(), inline=True)
