"""In charge of walking a message's tree to its leaves, within limits, and of writing out what they carry (RFC 2045–2046).

Leaves structure to `message.skeleton`, transfer encodings to `message.transfer`, names to `message.filenames`, and what becomes of a leaf to `mail`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import CloseBoundaryNotFoundDefect
from email.message import Message
from operator import attrgetter
from pathlib import Path

from domain.notice import Limits
from parsers.message.filenames import FileName, name_of
from parsers.message.headers import raw_bytes, wire_text
from parsers.message.params import Field, read_field
from parsers.message.skeleton import Skeleton, epilogue_of
from parsers.message.transfer import Blob, Transfer, write_blob

_MESSAGES = frozenset({"message/rfc822", "message/global"})
_TEXTS = frozenset({"text/plain", "text/html", "text/enriched"})
#: As it was parsed: `get_payload` gives 8-bit text decoded already, by whatever charset is named, its bytes lost to "\ufffd".
_PARSED = attrgetter("_payload")


@dataclass(frozen=True)
class Leaf:
    """A part that carries bytes: a text, a file, or a whole message."""

    node: Message
    media_type: str  #: declared, lower case; "text/plain" where nothing usable is declared
    content_type: Field
    disposition: Field
    name: FileName
    content_id: str  #: without "<>"
    encoding: str  #: Content-Transfer-Encoding
    group: int | None  #: number of the multipart/alternative it belongs to

    @property
    def is_message(self) -> bool:
        return self.media_type in _MESSAGES

    @property
    def is_body(self) -> bool:
        """Tell whether it is to be read as the mail's own words, not as a file. So is a multipart without its boundary."""
        text = self.media_type in _TEXTS or self.media_type.startswith("multipart/")
        return text and not self.name.text and self.disposition.value != "attachment"


class Walk:
    """The leaves of one message, left to right. After it, `skipped` says whether the limits left something out."""

    def __init__(self, root: Message, limits: Limits) -> None:
        self._roots = [root, *filter(None, [epilogue_of(root)])]
        self._limits = limits
        self._groups = 0
        self._parts = 0
        self.skipped = False

    def __iter__(self) -> Iterator[Leaf]:
        for root in self._roots:
            yield from self._walk(root, 0, None)

    def _walk(self, node: Message, depth: int, group: int | None) -> Iterator[Leaf]:
        self._parts += 1
        if depth > self._limits.max_depth or self._parts > self._limits.max_parts:
            self.skipped = True
            return
        leaf = leaf_of(node, group)
        if not node.is_multipart() or leaf.media_type.startswith("message/"):
            yield leaf
            return
        if leaf.media_type == "multipart/alternative":
            self._groups += 1
            group = self._groups
        for child in children(node):
            yield from self._walk(child, depth + 1, group)


def children(node: Message) -> tuple[Message, ...]:
    """Return the parts of a multipart, or the message inside a message part; none for a leaf."""
    payload = (
        node.get_payload() if node.is_multipart() else None
    )  # a leaf's would be decoded, by whatever charset it names
    return tuple(child for child in payload if isinstance(child, Message)) if isinstance(payload, list) else ()


def leaf_of(node: Message, group: int | None = None) -> Leaf:
    """Return a node with its MIME fields read."""
    fields = first_of_each(node)
    content_type = read_field(fields.get("content-type", ""))
    disposition = read_field(fields.get("content-disposition", ""))
    declared = content_type.value if content_type.value.count("/") == 1 else wire_text(node.get_content_type()).text
    return Leaf(
        node=node,
        media_type=declared,
        content_type=content_type,
        disposition=disposition,
        name=name_of(content_type, disposition),
        content_id=fields.get("content-id", "").strip().strip("<>"),
        encoding=fields.get("content-transfer-encoding", ""),
        group=group,
    )


def first(node: Message, name: str) -> str:
    """Return the first header of a name as it stood on the wire, "" when there is none."""
    for key, value in node.raw_items():  # asked for thousands of times: a loop costs half of a generator
        if key.lower() == name:
            return str(value)
    return ""


def first_of_each(node: Message) -> dict[str, str]:
    """Return the first header of every name, in lower case, as it stood on the wire: for who asks for many of them."""
    return {key.lower(): str(value) for key, value in reversed(list(node.raw_items()))}


def write_leaf(leaf: Leaf, skeleton: Skeleton, out: Path) -> tuple[Blob, bool]:
    """Write a leaf's decoded bytes to out/<sha256>; a message is written whole. Return it, and whether base64 was whole."""
    data, transfer = _encoded(leaf)
    blob = write_blob(transfer.decode(skeleton.expand(data)), out)
    return blob, transfer.complete


def read_leaf(leaf: Leaf, skeleton: Skeleton, most: int) -> tuple[bytes, bool]:
    """Return a leaf's first decoded bytes, and whether base64 was whole, of the rest too."""
    data, transfer = _encoded(leaf)
    kept, size = [], 0
    for piece in transfer.decode(skeleton.expand(data)):
        if size < most:
            kept.append(piece[: most - size])
            size += len(piece)
    return b"".join(kept), transfer.complete


def _encoded(leaf: Leaf) -> tuple[bytes, Transfer]:
    """Return what stands in a leaf, and how it is encoded."""
    transfer = Transfer(leaf.encoding)
    inner = children(leaf.node)
    if not inner:
        return payload_bytes(leaf.node), transfer
    if transfer.changes and not inner[0].keys():
        return payload_bytes(inner[0]), transfer  # an encoded message: forbidden (RFC 2046 §5.2.1), and sent
    return b"".join(_flat(child) for child in inner), Transfer("")


def payload_bytes(node: Message) -> bytes:
    """Return a leaf's payload as it stood on the wire, bulk still left out."""
    payload = _PARSED(node)
    return raw_bytes(payload) if isinstance(payload, str) else b""


def _flat(node: Message) -> bytes:
    """Return a message as it stood, header folds and raw bytes included (the stdlib's generator writes them anew)."""
    head = "".join(f"{key}: {value}\r\n" for key, value in node.raw_items())
    return head.encode("utf-8", "surrogateescape") + b"\r\n" + _flat_body(node)


def _flat_body(node: Message) -> bytes:
    if not children(node):
        return payload_bytes(node)
    if node.get_content_maintype() != "multipart":
        return b"".join(_flat(child) for child in children(node))
    boundary = b"--" + (node.get_boundary() or "").encode("utf-8", "surrogateescape")
    parts = [boundary + b"\r\n" + _flat(child) for child in children(node)]
    closed = not any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in node.defects)
    around = [(text or "").encode("utf-8", "surrogateescape") for text in (node.preamble, node.epilogue)]
    return b"\r\n".join([around[0], *parts, boundary + b"--" if closed else b"", around[1]])
