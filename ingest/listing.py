"""In charge of reading LIST's answer: names in modified UTF-7, flags, which folder is junk-like or for sent mail."""

import binascii
from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from imapclient.exceptions import ProtocolError
from imapclient.imap_utf7 import decode
from imapclient.response_parser import parse_response

_CLOSED = {b"\\noselect", b"\\nonexistent"}
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Folder:
    """A folder of the mailbox that can be opened."""

    name: str  #: decoded: 垃圾邮件
    flags: frozenset[bytes]  #: lower-cased; special uses of RFC 6154 among them
    delimiter: str = "/"

    @property
    def leaf(self) -> str:
        """The last component of the name."""
        return self.name.rsplit(self.delimiter, 1)[-1] if self.delimiter else self.name


def parse_list(data: Iterable[bytes | tuple[bytes, bytes] | None]) -> tuple[Folder, ...]:
    """Return the folders of a LIST answer as imaplib gives it. One that cannot be read is passed over, and logged."""
    folders = (_folder(item) for item in data if item)
    return tuple(folder for folder in folders if folder and not folder.flags & _CLOSED)


def junk_like(folder: Folder, names: tuple[str, ...]) -> bool:
    r"""Tell whether a folder is one that filters put mail into: \Junk, or a leaf beginning with one of the names."""
    return b"\\junk" in folder.flags or _begins(folder, names)


def sent(folder: Folder, names: tuple[str, ...]) -> bool:
    r"""Tell whether a folder keeps sent mail: \Sent, or a leaf beginning with one of the names."""
    return b"\\sent" in folder.flags or _begins(folder, names)


def _begins(folder: Folder, names: tuple[str, ...]) -> bool:
    return folder.leaf.casefold().startswith(tuple(name.casefold() for name in names))


def _folder(item: bytes | tuple[bytes, bytes]) -> Folder | None:
    try:
        flags, delimiter, name = parse_response([item])
        wire = name if isinstance(name, bytes) else str(name).encode("ascii")  # a name of digits is read as a number
        return Folder(decode(wire), frozenset(flag.lower() for flag in flags), (delimiter or b"").decode("ascii"))
    except (ValueError, TypeError, AttributeError, binascii.Error, ProtocolError) as error:
        _log.warning("folder_unreadable", error=str(error))
        return None
