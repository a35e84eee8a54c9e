"""Normal forms of Chinese text, and 字数 counted as Word counts it."""

import re
import unicodedata
from functools import lru_cache

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_EAST_ASIAN = re.compile(
    r"[\u2e80-\u2fdf\u3000-\u303f\u3040-\u30ff\u3100-\u312f\u3130-\u318f\u31a0-\u31bf\u31f0-\u31ff"
    r"\u3200-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
    r"\U00020000-\U0003ffff“”‘’…—·]+"
)
_DIGITS = re.compile(r"(?<!\d)\d{7,}(?!\d)")
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)[ -]\d{4}[ -](\d{4})(?!\d)")
_LABEL = 32  #: characters: labels and names are folded again and again
_PUNCTUATION = re.compile(r"[\W_]+")


def clean(text: str) -> str:
    """Return text without control, zero-width and bidi-override characters; CRLF and CR become LF."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Return text fit for a header or a table cell: cleaned, white space runs made one space, trimmed."""
    return " ".join((text if text.isascii() and text.isprintable() else clean(text)).split())


def nfkc(text: str) -> str:
    """Return one line in NFKC: full-width digits and brackets become ASCII."""
    return one_line(unicodedata.normalize("NFKC", text))


def fold(text: str) -> str:
    """Return what is compared: NFKC, lower case, no white space or punctuation."""
    return _folded_label(text) if len(text) <= _LABEL else _folded(text)


def _folded(text: str) -> str:
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", clean(text)).lower())


@lru_cache(4096)
def _folded_label(text: str) -> str:
    return _folded(text)


def word_count(text: str) -> int:
    """Return 字数: every CJK character or full-width mark 1, every run of other visible characters 1.

    This is Word's 字数 (not 字符数). LibreOffice counts the same within two in a hundred: it takes “——” and “……” for one.
    """
    cleaned = clean(text).replace("\u3000", " ")
    rest, runs = _EAST_ASIAN.subn(" ", cleaned)
    return len(cleaned) - len(rest) + runs + len(rest.split())


def mask_phone(text: str) -> str:
    """Return text with the middle of mobiles and of every long digit run hidden: 138****0000, 80****8. For logs."""
    return _MOBILE.sub(r"\1****\2", _DIGITS.sub(_hidden, text))


def _hidden(digits: re.Match[str]) -> str:
    run = digits[0]
    return f"{run[:3]}****{run[-4:]}" if len(run) >= 11 else f"{run[:2]}****{run[-1:]}"


def mask_address(address: str) -> str:
    """Return an e-mail address with its local part hidden: w***h@126.com. For logs."""
    local, at, host = address.partition("@")
    return f"{local[:1]}***{local[-1:]}{at}{host}" if at else ("***" if local else "")
