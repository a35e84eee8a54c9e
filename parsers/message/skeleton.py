"""In charge of a message's structure and defects, read without its bulk.

Long runs of base64 are left where they are in the raw file and a marker line stands for them in what is parsed: no run of base64 can
hold a boundary or a header (neither "-" nor ":" is in its alphabet), so the structure is the same, while a 70 MB mail
costs as little memory as a short one. mail-parser is asked what is wrong with a message only where the tree shows that something is:
asking costs as much as all the rest. Leaves the decoding of what parts hold to `message.mime`.
"""

import hashlib
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.parser import BytesFeedParser, BytesHeaderParser
from email.policy import compat32
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import mailparser

#: It logs header values it cannot decode: names and addresses of people.
logging.getLogger("mailparser").setLevel(logging.CRITICAL)

_BLOCK = 1 << 16
Cut = tuple[int, int]  #: bytes of the raw file, from and to, that are not parsed
_LONGEST_FIELD = 100_000  #: bytes: room for two thousand recipients
_DEEPEST = 60  #: nodes; what walks a tree recurses
_GAP_DEFECT, _FIELD_DEFECT = "an empty line inside the header", "a header field was longer than any real one"
_SHORT = 4096  #: bytes not worth leaving out
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"
_END_OF_HEADER = re.compile(rb"\n\r?\n")
_EMPTY_LINE = re.compile(rb"\n[ \t]*\r?\n")
_FIELD = re.compile(rb"[!-9;-~]{1,80}:|[ \t]")
_FROM = re.compile(rb"^From[ \t]*:", re.IGNORECASE | re.MULTILINE)
_MIME_FIELD = re.compile(rb"^(?:Date|Message-ID|MIME-Version|Content-Type)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_MARK = re.compile(rb"@bulk-([0-9a-f]{32})-(\d{1,9})@\r?\n?")
#: Said of text that `charset` reads: it knows GB2312 only as printed.
_OWN_DECODING = frozenset({"CharsetDecodeDefect", "MimeHeaderDefect"})
#: mail-parser's parse steps raise these on malformed input (LIBRARIES.md: 10 of 3,014); the tree is read all the same.
_PARSER_ERRORS = (
    MessageError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    mailparser.exceptions.MailParserError,
)


@dataclass(frozen=True)
class Run:
    """Bytes of the raw file that a marker stands for."""

    offset: int
    length: int


@dataclass(frozen=True)
class Skeleton:
    """A message's tree (stdlib nodes, compat32) with its bulk outside, and what mail-parser found wrong with it."""

    raw: Path
    sha256: str  #: of the raw message
    size: int
    root: Message
    nonce: bytes
    runs: tuple[Run, ...]
    defects: tuple[str, ...]

    def expand(self, data: bytes) -> Iterator[bytes]:
        """Yield data with every marker replaced by the bytes it stands for, in pieces of at most 1 MiB."""
        end = 0
        for match in _MARK.finditer(data):
            if match[1] == self.nonce and int(match[2]) < len(self.runs):
                yield data[end : match.start()]
                yield from self._run(self.runs[int(match[2])])
                end = match.end()
        yield data[end:]

    def _run(self, run: Run) -> Iterator[bytes]:
        with self.raw.open("rb") as file:
            file.seek(run.offset)
            left = run.length
            while left and (piece := file.read(min(left, 1 << 20))):
                left -= len(piece)
                yield piece


def read_skeleton(raw: Path) -> Skeleton:
    """Return the structure of a raw message. Raises OSError when the file cannot be read."""
    with raw.open("rb") as opened:
        head = opened.read(_BLOCK)
        file = BytesIO(head) if len(head) < _BLOCK else opened  # most mails are this short, and read once
        sha256, size = _digest(file)
        gap, long = _gap_in_header(head), list(_overlong_fields(file, head))
        nonce, runs = sha256[:32].encode(), list[Run]()
        root, defects = _parse(lambda: _hollow(file, nonce, runs, sorted([*gap, *long])))
    told = [_GAP_DEFECT] * bool(gap) + [_FIELD_DEFECT] * bool(long)
    return Skeleton(raw, sha256, size, root, nonce, tuple(runs), (*defects, *told))


def _digest(file: BinaryIO) -> tuple[str, int]:
    file.seek(0)
    digest = hashlib.sha256()  # file_digest clears 256 KiB first, for however short a file
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest(), file.tell()


def _gap_in_header(head: bytes) -> list[Cut]:
    """Return where an empty line cuts a message's header in two, or nothing (research §3.2, S79).

    Told by: no From above the line, and field after field below it, with those every message has among them.
    """
    blank = _EMPTY_LINE.search(head)
    if not blank or _FROM.search(head[: blank.start() + 1]) or not _FIELD.match(head):
        return []
    end = _EMPTY_LINE.search(head, blank.end())
    below = b"\n" + head[blank.end() : end.start() if end else len(head)]
    fields = all(_FIELD.match(line) for line in below.splitlines()[1:])
    return [(blank.start() + 1, blank.end())] if fields and _FROM.search(below) and _MIME_FIELD.search(below) else []


def _overlong_fields(file: BinaryIO, head: bytes) -> Iterator[Cut]:
    """Yield the tail of each field of the header that is longer than any real one: others read it in quadratic time."""
    if _END_OF_HEADER.search(head):
        return  # all of it is shorter than that
    file.seek(0)
    start, offset, before = 0, 0, b"\n"
    while (line := file.readline(_BLOCK)).strip(b"\r\n") or not before.endswith(b"\n"):
        if before.endswith(b"\n") and not line.startswith((b" ", b"\t")):
            yield from _tail(start, offset)
            start = offset
        offset += len(line)
        before = line
        if not line:
            break
    yield from _tail(start, offset)


def _tail(start: int, end: int) -> Iterator[Cut]:
    if end - start > _LONGEST_FIELD:
        yield start + _LONGEST_FIELD, end


def _hollow(file: BinaryIO, nonce: bytes, runs: list[Run], cuts: list[Cut]) -> Iterator[bytes]:
    """Yield a message without its long base64 and without the cuts; `runs` holds the runs left out, merged where they touch."""
    runs.clear()
    start, end = 0, 0
    for offset, block in _blocks(file):
        touched = [cut for cut in cuts if cut[1] > offset and cut[0] < offset + len(block)]
        if touched or len(block) < _SHORT or block[:_SHORT].translate(None, _BASE64) or block.translate(None, _BASE64):
            if end > start:
                runs.append(Run(start, end - start))
            yield _without(block, offset, touched) if touched else block
            start = end = 0
            continue
        if end == start:
            blank = len(block) - len(block.lstrip(b"\r\n"))  # the empty line that ends a header stays
            yield block[:blank] + b"@bulk-%s-%d@\r\n" % (nonce, len(runs))
            start = offset + blank
        end = offset + len(block)
    if end > start:
        runs.append(Run(start, end - start))


def _without(block: bytes, offset: int, cuts: list[Cut]) -> bytes:
    """Return a block without the cuts; the line before each ends as lines do, and no empty line comes to be."""
    kept, at = [], 0
    for start, end in cuts:
        if start > offset:
            kept.append(block[at : start - offset].rstrip(b"\r\n") + b"\r\n")
        at = min(len(block), end - offset)
    return b"".join([*kept, block[at:]])


def _blocks(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield (offset, bytes) of about 64 KiB each, cut after a line end."""
    file.seek(0)
    offset = 0
    while block := file.read(_BLOCK) + file.readline(_BLOCK):
        yield offset, block
        offset += len(block)


def _parse(pieces: Callable[[], Iterator[bytes]]) -> tuple[Message, tuple[str, ...]]:
    try:
        root = _fed(pieces())
    except RecursionError:
        return _header_of(pieces()), ("parts are nested too deep to be read",)
    if _depth(root) > _DEEPEST:
        return _header_of(pieces()), (*_defects(root), "parts are nested too deep to be told apart")
    return root, _defects(root)


def _fed(pieces: Iterable[bytes]) -> Message:
    parser = BytesFeedParser(policy=compat32)
    for piece in pieces:
        parser.feed(piece)
    return parser.close()


def _header_of(pieces: Iterable[bytes]) -> Message:
    """Return a message whose header was read, and the rest left as text."""
    return BytesHeaderParser(policy=compat32).parsebytes(b"".join(pieces))


def _defects(root: Message) -> tuple[str, ...]:
    """Return what mail-parser finds wrong with a tree that shows damage. A message nested too deep to walk is none of its affairs."""
    try:
        if not any(node.defects for node in root.walk()):
            return ()
        return tuple(sorted(map(str, mailparser.MailParser(root).defects_categories - _OWN_DECODING)))
    except _PARSER_ERRORS as error:
        return (f"mail-parser: {type(error).__name__}",)


def _depth(root: Message) -> int:
    depth, level = 0, [root]
    while level:
        depth += 1
        payloads = [node.get_payload() for node in level if node.is_multipart()]
        level = [
            child
            for payload in payloads
            if isinstance(payload, list)
            for child in payload
            if isinstance(child, Message)
        ]
    return depth


def epilogue_of(root: Message) -> Message | None:
    """Return the parts behind the closing boundary as a multipart of their own, or None.

    A forwarded mail that uses the outer boundary again closes it too early (T65).
    """
    epilogue = root.epilogue
    if not root.is_multipart() or not epilogue or "--" not in epilogue:
        return None
    boundary = root.get_boundary()
    if not boundary or f"--{boundary}" not in epilogue:
        return None
    head = f'Content-Type: multipart/mixed; boundary="{boundary}"\n\n'
    return message_from_bytes((head + epilogue).encode("utf-8", "surrogateescape"), policy=compat32)
