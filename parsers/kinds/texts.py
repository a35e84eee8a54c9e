"""In charge of telling text apart: messages, MHTML, HTML, RTF, scripts, plain text, or no text at all.

Leaves the decoding of bytes without a mark to `message.charset`; here text is only made readable enough for a look.
"""

import re

from domain.kinds import Kind

Sniffed = tuple[Kind, str]

_LOOK = 16 * 1024  #: characters looked at
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HEADER = re.compile(r"([!-9;-~]+)[ \t]*:")
_MAIL_HEADERS = frozenset(
    ("from", "to", "cc", "subject", "date", "received", "message-id", "mime-version", "return-path", "content-type"
     , "delivered-to", "reply-to", "sender", "x-mailer", "x-originating-ip", "dkim-signature", "authentication-results")
)  # fmt: skip
_ARRIVED = frozenset(("received", "to", "return-path", "delivered-to", "message-id", "dkim-signature"))
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|meta|title|table|style|script|div|p|span|center|font|h[1-6])\b", re.IGNORECASE
)
_BEFORE_HTML = re.compile(r"\s*(?:<\?xml[^>]*\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
_XML = re.compile(r"\s*<\?xml\b")

#: What only a program says. Anything less sure stays text.
_SCRIPTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"#![ \t]*/"), "text/x-shellscript"),
    (re.compile(r"\s*@echo\s+off\b", re.IGNORECASE), "application/x-bat"),
    (re.compile(r"Windows Registry Editor Version|REGEDIT4\b"), "text/x-ms-regedit"),
)
_SCRIPT_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bnew\s+ActiveXObject\s*\(", re.IGNORECASE), "text/javascript"),
    (re.compile(r"^\s*(?:set\s+\w+\s*=\s*)?(?:WScript\.)?CreateObject\s*\(\s*\"", re.IGNORECASE | re.MULTILINE), "text/vbscript"),
    (re.compile(r"<hta:application\b", re.IGNORECASE), "application/hta"),
)  # fmt: skip


def sniff_text(head: bytes) -> Sniffed:
    """Return (kind, media type) of content that has no magic of its own."""
    text = _readable(head)
    if text is None:
        return Kind.OTHER, "application/octet-stream"
    text = text[:_LOOK]
    if text.lstrip().startswith("{\\rtf"):
        return Kind.RTF, "application/rtf"
    return _message(text) or _script(text) or _markup(text) or (Kind.TEXT, "text/plain")


def _readable(head: bytes) -> str | None:
    """Return the first bytes as text, or None where they are none."""
    charset = wide_charset(head)
    if charset is not None:
        return head.decode(charset, "replace").removeprefix("\ufeff")
    if b"\x00" in head[:512]:
        return None
    text = _decoded(head)
    if text is None or len(_BINARY.findall(text)) * 50 > len(text):
        return None
    return text


def _decoded(head: bytes) -> str | None:
    """Return text by UTF-8, then GB18030; an incomplete last character is let pass, for the head is a cut."""
    for charset in ("utf-8", "gb18030"):
        try:
            return head.decode(charset)
        except UnicodeDecodeError as error:
            if error.start >= len(head) - 3:
                return head[: error.start].decode(charset)
    if len(_BINARY.findall(head.decode("latin-1"))) == 0:
        return head.decode("gb18030", "replace")
    return None


def wide_charset(data: bytes) -> str | None:
    """Return the charset a byte order mark names, or UTF-16 without one, told by zero bytes on one side only."""
    for mark, charset in _BOMS:
        if data.startswith(mark):
            return charset
    sample = data[:512]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if min(even, odd) or max(even, odd) * 4 < len(sample) or not sample:
        return None
    return "utf-16-le" if odd else "utf-16-be"


def _message(text: str) -> Sniffed | None:
    """Tell an RFC 5322 message, or the MHTML (RFC 2557) that Word and browsers save."""
    known = _header_names(text) & _MAIL_HEADERS
    block = re.split(r"\r?\n\r?\n", text.lstrip("\r\n"), maxsplit=1)[0].lower()
    if len(known) < 2 and not ("content-type" in known and "multipart/" in block and "boundary=" in block):
        return None
    saved = "snapshot-content-location:" in block or "multipart/related" in block
    if saved and "mime-version" in known and not known & _ARRIVED:
        return Kind.HTML, "multipart/related"
    return Kind.MESSAGE, "message/rfc822"


def _header_names(text: str) -> set[str]:
    """Return the names of the header block at the start; none where a line of it is no header."""
    names: set[str] = set()
    lines = text.lstrip("\r\n").splitlines()
    for number, line in enumerate(lines):
        if not line.strip():
            break
        if line[0] in " \t" and names:
            continue
        found = _HEADER.match(line)
        if found is None:
            if number == 0 and line.startswith(("From ", ">From ")):
                continue
            break
        names.add(found[1].lower())
    return names


def _script(text: str) -> Sniffed | None:
    for pattern, media_type in _SCRIPTS:
        if pattern.match(text):
            return Kind.EXECUTABLE, media_type
    for pattern, media_type in _SCRIPT_WORDS:
        if pattern.search(text):
            return Kind.EXECUTABLE, media_type
    return None


def _markup(text: str) -> Sniffed | None:
    opening = _BEFORE_HTML.match(text)
    start = opening.end() if opening else 0
    if _HTML.match(text, start):
        return Kind.HTML, "text/html"
    if re.match(r"(?:<!DOCTYPE\s+svg[^>]*>\s*)?<svg\b", text[start:]):
        return Kind.OTHER, "image/svg+xml"
    if _XML.match(text):
        return Kind.OTHER, "application/xml"
    return None
