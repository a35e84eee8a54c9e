"""In charge of names of files: read from MIME fields, made safe to show and to keep (research §3.2–3.3, T50–T64).

A name never becomes a path: blobs are kept by sha256. Leaves the telling of kinds to `kinds.sniffing`.
"""

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from domain.kinds import Kind
from domain.text import one_line
from parsers.message.charset import Decoded, decode_bytes
from parsers.message.params import Field

MAX_NAME = 200  #: bytes in UTF-8; file systems take 255, and staff's folders add a prefix
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNSAFE = re.compile(r'[<>:"|?*\\/]')
_RESERVED = re.compile(r"^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$)", re.IGNORECASE)
_EXTENSION = re.compile(r"^[A-Za-z0-9]{1,10}$")
_DOTS = re.compile(r"\s*[.．。｡]\s*(?=[^.．。｡]{1,12}$)")
#: What a nameless part is called, by what it is.
_SUFFIX = {
    Kind.DOCX: ".docx", Kind.OLE_WORD: ".doc", Kind.OLE_ENCRYPTED: ".docx", Kind.ODT: ".odt", Kind.RTF: ".rtf", Kind.HTML: ".html",
    Kind.TEXT: ".txt", Kind.PDF: ".pdf", Kind.OFD: ".ofd", Kind.ZIP: ".zip", Kind.RAR: ".rar", Kind.SEVENZIP: ".7z",
    Kind.TAR: ".tar", Kind.MESSAGE: ".eml", Kind.TNEF: ".dat", Kind.SPREADSHEET: ".xlsx", Kind.PRESENTATION: ".pptx",
}  # fmt: skip
_MEDIA_SUFFIX = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/heic": ".heic", "image/tiff": ".tif",
    "image/bmp": ".bmp", "image/webp": ".webp", "video/mp4": ".mp4", "video/quicktime": ".mov", "video/x-msvideo": ".avi",
    "video/mpeg": ".mpg", "video/x-matroska": ".mkv", "audio/mpeg": ".mp3",
}  # fmt: skip


class FileName(NamedTuple):
    """A name as sent ("" for none), and whether it was understood wholly."""

    text: str
    exact: bool = True


def name_of(content_type: Field, disposition: Field) -> FileName:
    """Return a part's name: the first exact one of filename*, filename, name*, name; else the first there is."""
    candidates = [
        candidate
        for candidate in (
            disposition.extended("filename"), _plain(disposition, "filename"),
            content_type.extended("name"), _plain(content_type, "name"),
        )
        if candidate and candidate.text.strip()
    ]  # fmt: skip
    if not candidates:
        return FileName("")
    best = next((one for one in candidates if one.exact and not _damaged(one.text)), candidates[0])
    return FileName(one_line(best.text), best.exact and not _damaged(best.text))


def _damaged(text: str) -> bool:
    return "\ufffd" in text or "??" in text


def _plain(field: Field, name: str) -> Decoded | None:
    found = field.text(name)
    if not found or not _PERCENT.search(found.text) or _BAD_PERCENT.search(found.text) or not found.text.isascii():
        return found
    return decode_bytes(unquote_to_bytes(found.text))


def safe_name(name: str) -> str:
    """Return a name fit for a folder on any system, at most MAX_NAME bytes, "" when nothing is left of it.

    Directories are cut off, controls and bidi overrides dropped, the extension brought to ASCII (．ｐｄｆ → .pdf).
    """
    text = re.split(r"[\\/]", one_line(name).rstrip(" ./\\"))[-1]
    text = re.sub(r"^[A-Za-z]:", "", text)
    text = _UNSAFE.sub("_", _ascii_extension(text)).strip(" ").rstrip(". ")
    if set(text) <= {".", "_", " "}:
        return ""
    return _capped(f"_{text}" if _RESERVED.match(text) else text)


def _ascii_extension(name: str) -> str:
    dot = _DOTS.search(name)
    if not dot:
        return name
    extension = unicodedata.normalize("NFKC", name[dot.end() :]).strip()
    return f"{name[: dot.start()]}.{extension}" if _EXTENSION.match(extension) else name


def _capped(name: str) -> str:
    if len(name.encode()) <= MAX_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10 or not stem:
        return name.encode()[:MAX_NAME].decode(errors="ignore")
    tail = f".{extension}"
    return stem.encode()[: MAX_NAME - len(tail.encode())].decode(errors="ignore").rstrip() + tail


def suffix_for(kind: Kind, media_type: str = "") -> str:
    """Return the extension of a kind of file, with its dot; "" where none is known."""
    return _SUFFIX.get(kind) or _MEDIA_SUFFIX.get(media_type, "")


def distinct(path: str, taken: set[str]) -> str:
    """Return path, or "name (2).ext" and so on when it is taken already; the result is entered in `taken`."""
    stem, dot, extension = path.rpartition(".")
    if not dot or "/" in extension:
        stem, dot, extension = path, "", ""
    name, count = path, 1
    while name in taken:
        count += 1
        name = f"{stem} ({count}){dot}{extension}"
    taken.add(name)
    return name
