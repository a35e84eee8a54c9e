"""In charge of the lexical level of RTF 1.9.1: groups, control words with numbers, symbols, and runs of bytes.

Leaves what they mean to `parsers.office.rtf_body`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    rb"(?P<open>\{)|(?P<close>\})"
    rb"|\\bin(?P<bin>\d+) ?"
    rb"|\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})? ?"
    rb"|(?P<hex>(?:\\'[0-9A-Fa-f]{2})+)"
    rb"|\\(?P<symbol>[^A-Za-z])"
    rb"|(?P<text>[^\\{}\r\n]+)"
    rb"|[\r\n]+|\\",
    re.DOTALL,
)


class Token(NamedTuple):
    """One piece of RTF. `kind`: open, close, word, symbol, bytes."""

    kind: str
    word: str = ""
    number: int | None = None
    data: bytes = b""


def tokens(data: bytes) -> Iterator[Token]:
    r"""Yield the tokens of RTF. Bytes of \bin are passed over; nothing is ever out of syntax."""
    position = 0
    while match := _TOKEN.match(data, position):
        position = match.end()
        kind = match.lastgroup
        if kind == "bin":
            position += int(match["bin"])
        elif kind in {"open", "close"}:
            yield Token(kind)
        elif kind == "symbol":
            yield Token("symbol", match["symbol"].decode("latin-1"))
        elif kind == "hex":
            yield Token("bytes", data=bytes.fromhex(match["hex"].replace(b"\\'", b"").decode("ascii")))
        elif kind == "text":
            yield Token("bytes", data=match["text"])
        elif match["word"]:
            number = int(match["number"]) if match["number"] else None
            yield Token("word", match["word"].decode("ascii"), number)
