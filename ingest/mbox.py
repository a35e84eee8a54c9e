"""In charge of cutting an mbox file (RFC 4155) into its messages, in pieces. Leaves keeping them to the caller.

A message begins after a `From ` line that follows an empty line or begins the file. `>From ` lines lose one `>` (the mboxrd
rule, which undoes mboxo's quoting too). An mbox keeps lines as the machine that wrote it does; where those end in LF they
are given back the CRLF they had on the wire, so that a message's sha256 is the one it has when polled.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

_PIECE = 64 * 1024  #: bytes; a longer line comes in several pieces
_SEPARATOR = re.compile(
    rb"From \S+ .*\d{4}|From - "
)  #: "From a@b.cn Tue Aug  1 09:00:00 2023", Mozilla's "From - Tue …"
_QUOTED = re.compile(rb">+From ")
_EMPTY = b"\r\n"


def is_mbox(file: BinaryIO) -> bool:
    """Tell whether a file opens as an mbox does. Reads one line."""
    return bool(_SEPARATOR.match(file.readline(_PIECE)))


def pieces(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the messages' bytes in order, each piece with the number of its message, from 1. For `itertools.groupby`."""
    number = 0
    held = _EMPTY  #: an empty line not given out yet: it is the mbox's own where a separator or the end follows
    for starts, line in _lines(file):
        if starts and held and _SEPARATOR.match(line):
            number, held = number + 1, b""
            continue
        if held and number:
            yield number, held
        held = _EMPTY if starts and line == _EMPTY else b""
        if number and not held:
            yield number, line[1:] if starts and _QUOTED.match(line) else line


def _lines(file: BinaryIO) -> Iterator[tuple[bool, bytes]]:
    """Yield lines with CRLF, long ones in pieces; each with whether a line starts there."""
    starts, last = True, b""
    while line := file.readline(_PIECE):
        bare = line.endswith(b"\n") and not (last + line).endswith(b"\r\n")
        yield starts, line[:-1] + b"\r\n" if bare else line
        starts, last = line.endswith(b"\n"), line[-1:]
