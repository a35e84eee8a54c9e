"""In charge of decoding header fields: encoded-words (RFC 2047), raw 8-bit text, identifiers, dates.

Follows research/netease-mail.md §3.3 where senders break the RFCs. Leaves addresses to `message.addresses`, parameters to
`message.params`, file names to `message.filenames`.
"""

import base64
import binascii
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from domain.text import one_line
from parsers.message.charset import Decoded, decode_bytes, family

#: "?" inside a word is not allowed, but written; the bound keeps the search linear.
_WORD = re.compile(r"=\?(?P<charset>[^?\s]{1,64})\?(?P<how>[bBqQ])\?(?P<data>[^?]*(?:\?(?!=)[^?]{0,200}){0,3})\?=")
_FOLD = re.compile(r"\r?\n[ \t]+")
_NEWLINE = re.compile(r"\r?\n(?=[ \t])")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_ID = re.compile(r"<([^<>\s]{1,998})>")
_BARE_ID = re.compile(r"[^<>\s,@]{1,250}@[^<>\s,@]{1,250}")
_COMMENT = re.compile(r"\([^()]*\)")
_MAX_IDS = 200


def raw_bytes(value: str) -> bytes:
    """Return a header value as it stood on the wire (the stdlib keeps raw 8-bit bytes as surrogates)."""
    return value.encode("utf-8", "surrogateescape")


def wire_text(value: str) -> Decoded:
    """Return a header value with its raw 8-bit bytes decoded, encoded-words still in place, folds kept."""
    return Decoded(value) if value.isascii() else decode_bytes(raw_bytes(value))


def decode_words(text: str) -> Decoded:
    """Return text with its encoded-words decoded; the bytes of adjacent words are joined first. Linear time.

    White space between two words is dropped (RFC 2047 §6.2), folds inside a word too.
    """
    if "=?" not in text:
        return Decoded(_NEWLINE.sub("", text))
    out: list[str] = []
    pending: list[bytes] = []
    codec, label, exact, end = "", "", True, 0

    def flush() -> None:
        nonlocal exact
        if pending:
            decoded = decode_bytes(b"".join(pending), label)
            out.append(decoded.text)
            exact = exact and decoded.exact
            pending.clear()

    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        if between.strip() or not pending or family(match["charset"]) != codec:
            flush()
            if between.strip() or not end:
                out.append(_NEWLINE.sub("", between))
        codec, label, end = family(match["charset"]), match["charset"], match.end()
        pending.append(_word_bytes(match["how"], match["data"]))
    flush()
    out.append(_NEWLINE.sub("", text[end:]))
    return Decoded("".join(out), exact)


def _word_bytes(how: str, data: str) -> bytes:
    data = _FOLD.sub("", data)
    if how in "qQ":
        raw = data.replace("_", " ").encode("utf-8", "surrogateescape")
        return _HEX.sub(lambda match: bytes([int(match[1], 16)]), raw)
    digits = _NOT_BASE64.sub("", data)
    usable = digits[: len(digits) - (len(digits) % 4 == 1)]
    try:
        return base64.b64decode(usable + "=" * (-len(usable) % 4))
    except binascii.Error:  # cannot happen for cleaned digits; a torn word must not stop the mail
        return b""


def decode_text(value: str) -> Decoded:
    """Return an unstructured header (Subject, Comments) as one clean line, fit to be shown and put into a reply."""
    if value.isascii() and "=?" not in value:
        return Decoded(one_line(value))
    wire = wire_text(value)
    words = decode_words(wire.text)
    return Decoded(one_line(words.text), wire.exact and words.exact and "\ufffd" not in words.text)


def message_ids(value: str) -> tuple[str, ...]:
    """Return the identifiers of Message-ID, In-Reply-To or References, with "<>", in order, each once.

    Foxmail separates them by commas (§3.1), others forget the brackets; an empty header gives none.
    """
    if not value:
        return ()
    text = wire_text(value).text
    found = _ID.findall(text) or _BARE_ID.findall(text)
    return tuple(dict.fromkeys(f"<{one}>" for one in found[:_MAX_IDS]))


def date(value: str) -> datetime | None:
    """Return a Date header as an aware moment, UTC where no zone was given; None when it is no date."""
    text = one_line(_COMMENT.sub(" ", wire_text(value).text))
    try:
        moment = parsedate_to_datetime(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def relayed_at(received: str) -> datetime | None:
    """Return the moment a Received header says (RFC 5321 §4.4: after its last semicolon), or None."""
    return date(received.rpartition(";")[2])
