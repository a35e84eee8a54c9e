"""In charge of telling what a zip is (docx, xlsx, odt, ofd, a program, or just files) by the names inside.

Leaves the names' encoding to `archives.zip_names`: the names that decide are ASCII.
"""

from typing import BinaryIO

from domain.kinds import Kind
from parsers.archives.zip_directory import ZipBroken, ZipVolume, local_names, read_directory

_SEARCHED = 8 * 1024 * 1024  #: bytes searched for local headers where the directory is gone
_ENTRIES = 5000  #: entries looked at

_OOXML = "application/vnd.openxmlformats-officedocument."
_MARKS: tuple[tuple[bytes, Kind, str], ...] = (
    (b"word/document", Kind.DOCX, _OOXML + "wordprocessingml.document"),
    (b"xl/workbook", Kind.SPREADSHEET, _OOXML + "spreadsheetml.sheet"),
    (b"ppt/presentation", Kind.PRESENTATION, _OOXML + "presentationml.presentation"),
)
_ODF = {
    b"application/vnd.oasis.opendocument.text": Kind.ODT,
    b"application/vnd.oasis.opendocument.spreadsheet": Kind.SPREADSHEET,
    b"application/vnd.oasis.opendocument.presentation": Kind.PRESENTATION,
}
_MACROS = {
    Kind.DOCX: "application/vnd.ms-word.document.macroenabled.12",
    Kind.SPREADSHEET: "application/vnd.ms-excel.sheet.macroenabled.12",
    Kind.PRESENTATION: "application/vnd.ms-powerpoint.presentation.macroenabled.12",
}
_PLAIN = (Kind.ZIP, "application/zip")


def sniff_zip(head: bytes, file: BinaryIO | None) -> tuple[Kind, str]:
    """Return what a zip is. A broken one is judged by the local headers that remain."""
    if found := _by_mimetype(head):
        return found
    names = _names(head, file)
    for mark, kind, media_type in _MARKS:
        if any(name.startswith(mark) for name in names):
            macros = any(name.endswith(b"vbaproject.bin") for name in names)
            return kind, _MACROS[kind] if macros else media_type
    return _by_name(names)


def _by_name(names: tuple[bytes, ...]) -> tuple[Kind, str]:
    if b"ofd.xml" in names:
        return Kind.OFD, "application/ofd"
    if b"androidmanifest.xml" in names and any(name.endswith(b".dex") for name in names):
        return Kind.EXECUTABLE, "application/vnd.android.package-archive"
    if b"meta-inf/manifest.mf" in names and any(name.endswith(b".class") for name in names):
        return Kind.OTHER, "application/java-archive"
    if b"content.xml" in names and b"meta-inf/manifest.xml" in names:
        return Kind.ODT, "application/vnd.oasis.opendocument.text"
    return _PLAIN


def _by_mimetype(head: bytes) -> tuple[Kind, str] | None:
    """Tell OpenDocument and EPUB by their first member, stored and named "mimetype" (ODF 1.3 part 2, 3.3)."""
    if head[30:38] != b"mimetype":
        return None
    told = head[38 : 38 + 80]
    for media_type, kind in _ODF.items():
        if told.startswith(media_type):
            return kind, media_type.decode()
    if told.startswith(b"application/epub+zip"):
        return Kind.OTHER, "application/epub+zip"
    return None


def _names(head: bytes, file: BinaryIO | None) -> tuple[bytes, ...]:
    """Return the names inside, lower case with "/" only, from the directory or else from local headers."""
    return tuple(name.lower().replace(b"\\", b"/") for name in _raw_names(head, file))


def _raw_names(head: bytes, file: BinaryIO | None) -> tuple[bytes, ...]:
    if file is None:
        return local_names(head)
    try:
        return tuple(entry.name for entry in read_directory(file, most=_ENTRIES))
    except (ZipBroken, ZipVolume):
        file.seek(0)
        return local_names(file.read(_SEARCHED))
