"""In charge of telling what a file is from its bytes, never from its name or declared type.

Leaves the inside of zip, OLE, media and text files to `kinds.zips`, `kinds.ole`, `kinds.media` and `kinds.texts`.
Strong magic at offset 0 wins over anything found further in, so a polyglot is what its first bytes say.
"""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from domain.kinds import Kind
from parsers.kinds.media import sniff_media
from parsers.kinds.ole import OLE_MAGIC, sniff_ole
from parsers.kinds.texts import sniff_text
from parsers.kinds.zips import sniff_zip

HEAD = 64 * 1024  #: bytes looked at before a container is opened
PDF_WINDOW = 1024  #: ISO 32000-1 Annex H, implementation note 13: the header is within the first 1024 bytes

Sniffed = tuple[Kind, str]

_MAGIC: tuple[tuple[bytes, Kind, str], ...] = (
    (b"%PDF-", Kind.PDF, "application/pdf"),
    (b"{\\rtf", Kind.RTF, "application/rtf"),
    (b"Rar!\x1a\x07", Kind.RAR, "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", Kind.SEVENZIP, "application/x-7z-compressed"),
    (b"\x1f\x8b\x08", Kind.TAR, "application/gzip"),
    (b"\xfd7zXZ\x00", Kind.TAR, "application/x-xz"),
    (b"\x78\x9f\x3e\x22", Kind.TNEF, "application/vnd.ms-tnef"),  # [MS-OXTNEF] 2.1.3.1
    (b"\x7fELF", Kind.EXECUTABLE, "application/x-executable"),
    (b"\xfe\xed\xfa\xce", Kind.EXECUTABLE, "application/x-mach-binary"),
    (b"\xfe\xed\xfa\xcf", Kind.EXECUTABLE, "application/x-mach-binary"),
    (b"\xce\xfa\xed\xfe", Kind.EXECUTABLE, "application/x-mach-binary"),
    (b"\xcf\xfa\xed\xfe", Kind.EXECUTABLE, "application/x-mach-binary"),
    (b"\xca\xfe\xba\xbe", Kind.EXECUTABLE, "application/x-mach-binary"),  # fat Mach-O and Java classes
    (b"dex\n", Kind.EXECUTABLE, "application/vnd.android.dex"),
    (b"\x00asm", Kind.EXECUTABLE, "application/wasm"),
    (b"\x4c\x00\x00\x00\x01\x14\x02\x00", Kind.EXECUTABLE, "application/x-ms-shortcut"),  # [MS-SHLLINK] 2.1
    (b"MSCF\x00\x00\x00\x00", Kind.OTHER, "application/vnd.ms-cab-compressed"),
    (b"ITSF", Kind.OTHER, "application/vnd.ms-htmlhelp"),
    (b"8BPS\x00\x01", Kind.OTHER, "image/vnd.adobe.photoshop"),
)


def sniff(path: Path) -> Sniffed:
    """Return (kind, media type) of a file, told from its content. Raises OSError only."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        return sniff_bytes(head, file)


def sniff_bytes(head: bytes, file: BinaryIO | None = None) -> Sniffed:
    """Return (kind, media type) of content by its first bytes; `file`, seekable, lets containers be opened."""
    if not head:
        return Kind.EMPTY, "application/x-empty"
    for look in (_by_magic, sniff_media, _by_structure):
        if found := look(head):
            return found
    for prefix, look_inside in _CONTAINERS:
        if head.startswith(prefix):
            return look_inside(head, file)
    if b"%PDF-" in head[:PDF_WINDOW] and not _is_mail(head):
        return Kind.PDF, "application/pdf"
    return sniff_text(head)


def _by_magic(head: bytes) -> Sniffed | None:
    for prefix, kind, media_type in _MAGIC:
        if head.startswith(prefix):
            return kind, media_type
    return None


def _by_structure(head: bytes) -> Sniffed | None:
    """Tell formats whose first bytes are too weak alone: bzip2 by its block, tar by its checksum, DOS programs by their header."""
    if head.startswith(b"BZh") and head[4:10] == b"1AY&SY":
        return Kind.TAR, "application/x-bzip2"
    if is_tar(head):
        return Kind.TAR, "application/x-tar"
    if head.startswith(b"MZ") and (b"\x00" in head[:64] or b"PE\x00\x00" in head[:1024]):
        return Kind.EXECUTABLE, "application/vnd.microsoft.portable-executable"
    return None


def is_tar(head: bytes) -> bool:
    """Tell a tar header block by its checksum (POSIX.1-1988 ustar and the older v7 form)."""
    block = head[:512]
    field = block[148:156].strip(b" \x00")
    if len(block) < 512 or not field or not block[0]:
        return False
    try:
        return int(field, 8) == sum(block[:148]) + 8 * 32 + sum(block[156:])
    except ValueError:
        return False


def _is_mail(head: bytes) -> bool:
    return sniff_text(head)[0] is Kind.MESSAGE


_CONTAINERS: tuple[tuple[bytes, Callable[[bytes, BinaryIO | None], Sniffed]], ...] = (
    (b"PK\x03\x04", sniff_zip),
    (b"PK\x05\x06", sniff_zip),  # an empty zip
    (b"PK\x07\x08", sniff_zip),  # first of split volumes
    (b"PK00PK\x03\x04", sniff_zip),
    (OLE_MAGIC, sniff_ole),
)
