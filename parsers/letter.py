"""In charge of one message without what is nested in it: its words (own and quoted), its markup, and the files it carries.

Leaves the walk to `mime`, quotes to `quotes`, headers and nesting to `mail` and `carried`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect
from email.message import Message
from itertools import islice
from pathlib import Path

from domain.notice import Limits
from parsers.body import decode_body
from parsers.charset import decode_bytes
from parsers.filenames import FileName
from parsers.headers import decode_text
from parsers.mime import Leaf, Walk, first, write_leaf
from parsers.quotes import split_html, split_text
from parsers.skeleton import Skeleton, read_skeleton
from parsers.transfer import Blob, Transfer, uu_split, write_blob

_FORWARD_SUBJECT = re.compile(r"^\s*(?:fwd?|转发|轉寄|轉發)\s*(?:\(\d+\))?\s*[:：]", re.IGNORECASE)
#: What Exchange and Apple call the pieces of text between attachments.
_TEXT_PIECE = re.compile(r"^ATT\d{3,8}\.(?:txt|html?)$", re.IGNORECASE)
_CID = re.compile(r"\bcid:([^\s\"'<>)&]{1,250})", re.IGNORECASE)
#: Machine-readable halves of reports: `report` reads them, nobody opens them.
_REPORT_PARTS = re.compile(r"^message/(?:global-)?(?:delivery-status|disposition-notification)$|^text/rfc822-headers$")
MAX_BODY = 4 << 20  #: bytes of one text part that are read as words
MAX_HTML = 32 << 20  #: bytes of an HTML part, pasted pictures included
_MAX_PASTED = 50
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


@dataclass(frozen=True)
class Words:
    """One text part, parted into own and quoted, as text and as markup."""

    own: str
    quoted: str
    own_html: str = ""
    quoted_html: str = ""
    forwarded: bool = False
    exact: bool = True
    group: int | None = None  #: multipart/alternative it belongs to
    html: bool = False  #: written as HTML


@dataclass
class Letter:
    """One message read, nested messages left closed."""

    skeleton: Skeleton
    words: list[Words] = field(default_factory=list)
    files: list[Carried] = field(default_factory=list)
    skipped: bool = False  #: limits left something out
    complete: bool = True  #: no base64 breaks off
    shown: set[str] = field(default_factory=set)  #: Content-IDs that the markup shows

    @property
    def root(self) -> Message:
        return self.skeleton.root

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
        return all(words.exact for words in self._shown()) and all(one.name.exact for one in self.files)

    @property
    def truncated(self) -> bool:
        """Tell whether the message ends before its closing boundary, or inside base64 where it has none."""
        if self.root.is_multipart() or self.root.get_content_maintype() == "multipart":
            torn = (CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect)
            return any(isinstance(defect, torn) for defect in self.root.defects)
        return not self.complete

    def linked(self) -> tuple[str, str]:
        """Return (html, text) in which links count: own words, and what was forwarded."""
        html = [words.own_html for words in self.words]
        text = [words.own for words in self.words if not words.html]
        if self.forwarded:
            html += [words.quoted_html for words in self.words]
            text += [words.quoted for words in self.words if not words.html]
        return "\n".join(filter(None, html)), "\n".join(filter(None, text))

    def _shown(self) -> list[Words]:
        """Of each multipart/alternative keep the plain text, or the HTML where the plain text is empty."""
        plain = {words.group for words in self.words if not words.html and (words.own or words.quoted)}
        return [words for words in self.words if words.group is None or words.html != (words.group in plain)]


def read_letter(raw: Path, out: Path, limits: Limits) -> Letter:
    """Read one raw message; the files it carries are written to out/<sha256>."""
    letter = Letter(read_skeleton(raw, out))
    walk = Walk(letter.root, limits)
    for leaf in walk:
        if _REPORT_PARTS.match(leaf.media_type):
            continue
        blob, complete = write_leaf(leaf, letter.skeleton, out)
        letter.complete = letter.complete and complete
        if leaf.is_body or _TEXT_PIECE.match(leaf.name.text):
            _read_words(letter, leaf, blob, out)
        else:
            letter.files.append(_carried(leaf, blob))
    letter.skipped = walk.skipped
    return letter


def _carried(leaf: Leaf, blob: Blob) -> Carried:
    return Carried(
        leaf.name, blob, leaf.content_type.value, leaf.content_id, leaf.disposition.value == "inline", leaf.is_message
    )  # fmt: skip


def _read_words(letter: Letter, leaf: Leaf, blob: Blob, out: Path) -> None:
    charset = leaf.content_type.get("charset")
    if leaf.media_type == "text/html":
        data = _read(blob, MAX_HTML)
        letter.files += _pasted(data, out)
        decoded = decode_body(_DATA_URI.sub(b"", data), charset, html=True)
        letter.shown.update(_CID.findall(decoded.text))
        html = split_html(decoded.text)
        letter.words.append(
            Words(
                html.own,
                html.quoted,
                html.own_html,
                html.quoted_html,
                html.forwarded,
                decoded.exact,
                leaf.group,
                html=True,
            )
        )
        return
    data, files = uu_split(_read(blob, MAX_BODY))
    decoded = decode_body(data, charset)
    text = split_text(decoded.text)
    letter.words.append(Words(text.own, text.quoted, forwarded=text.forwarded, exact=decoded.exact, group=leaf.group))
    letter.files += [Carried(FileName(*decode_bytes(name)), write_blob([content], out)) for name, content in files]


def _read(blob: Blob, most: int) -> bytes:
    with blob.path.open("rb") as file:
        return file.read(most)


def _pasted(data: bytes, out: Path) -> Iterator[Carried]:
    """Yield pictures pasted into the markup itself: a stamped form may stand there."""
    for match in islice(_DATA_URI.finditer(data), _MAX_PASTED):
        blob = write_blob(Transfer("base64").decode([match["data"]]), out)
        yield Carried(FileName(""), blob, match["type"].decode(), inline=True)
