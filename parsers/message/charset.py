"""In charge of turning bytes into characters when the label is missing, vague or wrong (research/netease-mail.md §3.3).

Leaves to `message.headers` what a header is, and to `message.body` what a text part is.
"""

import codecs
import re
from typing import NamedTuple

GB_LABELS = re.compile(
    r"^(?:x-?)?(?:gb|gbk|cp-?936|ms-?936|936|windows-936|euc-?cn|chinese|iso-ir-58|csgb)", re.IGNORECASE
)
_VAGUE = frozenset({
    "", "default", "none", "unknown", "unknown-8bit", "x-unknown", "user-defined", "x-user-defined", "ansi", "binary",
    "us-ascii", "ascii", "ansi_x3.4-1968", "8bit", "7bit", "local", "system", "auto", "_autodetect", "_autodetect_all",
})  # fmt: skip
_WESTERN = frozenset({"iso-8859-1", "latin-1", "latin1", "iso8859-1", "windows-1252", "cp1252", "iso-8859-15"})
_BIG5 = re.compile(r"^(?:x-?)?big-?5", re.IGNORECASE)
#: Python codecs that are no character set, or that cost more than linear time.
_NOT_CHARSETS = frozenset({
    "idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem", "base64", "hex", "quopri", "rot13", "uu", "zlib", "bz2",
})  # fmt: skip
#: What Western text under GB18030 would be full of, and Chinese writing has none of.
_NOT_CHINESE = re.compile(
    r"[^\x00-\x7f\u00b7\u00d7\u2010-\u2027\u2030-\u203b\u2103\u2116\u2160-\u217b\u2460-\u249b\u25a0-\u25ff\u3000-\u303f\u3220-\u3229\u3400-\u9fff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)
_HALF = re.compile(r"[\ud800-\udfff]")
_HIGH_RUN = re.compile(rb"[\x81-\xfe]+")


class Decoded(NamedTuple):
    """Text, and whether every byte of it was understood."""

    text: str
    exact: bool = True


def family(label: str | None) -> str:
    """Return the codec a label means here: "gb18030" for any GB label, "" for none or a vague one."""
    name = (label or "").strip().strip("\"'").split("*")[0].lower()
    if name in _VAGUE:
        return ""
    if name in _WESTERN:
        return "cp1252"
    if GB_LABELS.match(name):
        return "gb18030"
    if _BIG5.match(name):
        return "big5hkscs"
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    return "" if codec.name.replace("-", "_") in _NOT_CHARSETS or not codec._is_text_encoding else codec.name


def decode_bytes(data: bytes, label: str | None = None) -> Decoded:
    """Return data as text. Never raises; `exact` is False when something had to be replaced or guessed badly."""
    codec = family(label)
    if codec == "cp1252":
        return _western(data)
    if not codec:
        return _unlabelled(data)
    text = _strict(data, codec)
    if text is not None:
        return Decoded(text)
    if codec == "utf-8":
        return _broken_utf8(data)
    other = _strict(data, "utf-8")
    return Decoded(other) if other is not None else Decoded(_characters(data.decode(codec, "replace")), exact=False)


def _strict(data: bytes, codec: str) -> str | None:
    try:
        text = data.decode(codec)
    except (UnicodeError, ValueError):
        return None
    return text if text.isascii() or not _HALF.search(text) else None


def _characters(text: str) -> str:
    """Return text without halves of UTF-16 pairs, which UTF-7 can spell: they are no characters, and nothing can store them."""
    return _HALF.sub("\ufffd", text)


def _unlabelled(data: bytes) -> Decoded:
    for codec in ("utf-8", "gb18030", "big5hkscs"):
        text = _strict(data, codec)
        if text is not None:
            return Decoded(text)
    return Decoded(data.decode("gb18030", "replace"), exact=False)


def _western(data: bytes) -> Decoded:
    """Doubt a Western label: webmail puts it over Chinese bytes; lone high bytes are real accents."""
    text = _strict(data, "utf-8")
    if text is not None:
        return Decoded(text)
    text = _strict(data, "gb18030") if any(len(run) >= 4 for run in _HIGH_RUN.findall(data)) else None
    if text is not None and not _NOT_CHINESE.search(text):
        return Decoded(text)
    text = _strict(data, "cp1252")
    return Decoded(text) if text is not None else Decoded(data.decode("latin-1"), exact=False)


def _broken_utf8(data: bytes) -> Decoded:
    """Few bad bytes: UTF-8 that was cut or hurt. Many: GB text under a UTF-8 label."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    wide = sum(1 for character in text if character > "\x7f")
    other = _strict(data, "gb18030") if bad * 4 > wide else None
    return Decoded(other) if other is not None else Decoded(text, exact=False)
