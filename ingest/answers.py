"""In charge of the shapes of a server's answers, as imaplib and imapclient hand them on. Leaves asking to `session`."""

import imaplib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from ingest.errors import Unreachable

_UID = re.compile(rb"\bUID (\d+)")
_LITERAL = re.compile(rb"\{\d+\}$")

Line = bytes | tuple[bytes, bytes] | None  #: of an answer, as imaplib keeps it


@dataclass(frozen=True)
class Examined:
    """A folder as EXAMINE shows it."""

    name: str
    uidvalidity: int  #: NetEase: the constant 1
    uidnext: int | None  #: None where the server does not tell (NetEase)
    exists: int  #: how many messages

    @classmethod
    def of(cls, name: str, answer: dict[bytes, Any]) -> Self:
        """Return what imapclient read out of the answer to EXAMINE."""
        return cls(name, int(answer.get(b"UIDVALIDITY", 1)), answer.get(b"UIDNEXT"), int(answer.get(b"EXISTS", 0)))


@dataclass(frozen=True)
class Fetched:
    """A message that was written out."""

    uid: int
    received_at: datetime | None  #: INTERNALDATE, aware; None where it is missing or unreadable
    announced: int | None  #: RFC822.SIZE, bytes
    size: int  #: bytes written


def expect_ok(command: str, typ: str, data: list[Line]) -> None:
    """Raise imaplib's error for a NO, as imaplib itself does for a BAD."""
    if typ != "OK":
        raise imaplib.IMAP4.error(f"{command} {typ} {data[0]!r}")


@contextmanager
def readable(command: str) -> Iterator[None]:
    """Turn what imapclient's parser raises on an answer that is not IMAP (found by feeding it such) into Unreachable."""
    try:
        yield
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        raise Unreachable(f"unreadable answer to {command}: {error}") from error


def arrival(answer: dict[bytes, Any]) -> datetime | None:
    """Return INTERNALDATE out of a FETCH answer; None where it is missing, unreadable or without its zone."""
    when = answer.get(b"INTERNALDATE")
    return when if isinstance(when, datetime) and when.tzinfo else None


def without_literals(data: list[Line]) -> list[Line]:
    """Return an answer whose literals went elsewhere, with NIL in their places, fit for imapclient's parser."""
    return [_LITERAL.sub(b"NIL", item[0]) if isinstance(item, tuple) else item for item in data]


def value(answer: dict[bytes, object], key: bytes) -> bytes:
    """Return the value whose key begins so, as bytes; b"" for NIL."""
    found = next((found for name, found in answer.items() if name.startswith(key)), b"")
    return found if isinstance(found, bytes) else b""


def uids_of(data: list[Line]) -> set[int]:
    """Return every UID that a FETCH answer names."""
    return {int(match[1]) for line in data if isinstance(line, bytes) for match in _UID.finditer(line)}
