"""In charge of address lists (RFC 5322 §3.4) as Chinese senders really write them (research/netease-mail.md §3.1).

QQ puts encoded-words inside quotes, mobile clients forget the space before "<". Never raises.
"""

import re
from collections.abc import Iterator
from itertools import islice

from domain.mail import Address
from domain.text import one_line
from parsers.message.charset import Decoded
from parsers.message.headers import decode_words, wire_text

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|\([^()]*\)|<[^<>]*>|[,;]|[^",;(<]+|.', re.DOTALL)
_ANGLE = re.compile(r"<([^<>]*)>")
_BARE = re.compile(r"[^\s<>()\",;:@]{1,256}@[^\s<>()\",;:@]{1,256}")
_COMMENT = re.compile(r"\(([^()]*)\)")
_GROUP = re.compile(r"^[^@<\"]*:\s*")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MAX_ADDRESSES = 500
_NOBODY = Address()


def read_addresses(value: str) -> tuple[tuple[Address, ...], bool]:
    """Return the mailboxes of a header, and whether all their characters were understood."""
    if not value:
        return (), True
    wire = wire_text(value)
    read = [_mailbox(piece) for piece in islice(_pieces(wire.text), _MAX_ADDRESSES)]
    found = tuple(address for address, _ in read if address.address or address.name)
    return found, wire.exact and all(exact for _, exact in read)


def first_address(value: str) -> tuple[Address, bool]:
    """Return the first mailbox that has an address, else the first with a name, else an empty one."""
    found, exact = read_addresses(value)
    with_address = [one for one in found if one.address]
    return (with_address or list(found) or [_NOBODY])[0], exact


def _pieces(text: str) -> Iterator[str]:
    """Split at commas (and Outlook's semicolons) that stand outside quotes, comments and angle brackets."""
    piece: list[str] = []
    for match in _TOKEN.finditer(text):
        chunk = match[0]
        if chunk in ",;":
            yield "".join(piece)
            piece.clear()
        else:
            piece.append(chunk)
    yield "".join(piece)


def _mailbox(piece: str) -> tuple[Address, bool]:
    piece = piece.strip()
    angles = _ANGLE.findall(piece)
    if angles:
        name = _display_name(_ANGLE.sub(" ", piece))
        return Address(name=name.text, address=normal_address(angles[-1])), name.exact
    comment = _COMMENT.search(piece)
    bare = _BARE.search(_GROUP.sub("", _COMMENT.sub(" ", piece)))
    if bare:
        before = piece[: piece.find(bare[0])]
        name = _display_name(comment[1] if comment else _GROUP.sub("", before))
        return Address(name=name.text, address=normal_address(bare[0])), name.exact
    name = _display_name(_GROUP.sub("", piece))
    return Address(name=name.text), name.exact


def _display_name(raw: str) -> Decoded:
    text = raw.strip()
    quoted = len(text) > 1 and text[0] == text[-1] == '"'
    text = _ESCAPE.sub(r"\1", text[1:-1]) if quoted else text.replace('"', "")
    words = decode_words(text)
    return Decoded(one_line(words.text).strip("'\""), words.exact)


def normal_address(raw: str) -> str:
    """Return an addr-spec without spaces, its domain in lower case; "" when there is no "@" in it."""
    words = decode_words(raw).text if "=?" in raw else raw
    address = re.sub(r"\s+", "", one_line(words)).removeprefix("mailto:")
    local, at, host = address.rpartition("@")
    return f"{local}@{host.lower().rstrip('.')}" if at and local and host else ""
