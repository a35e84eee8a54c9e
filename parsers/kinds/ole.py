"""In charge of telling OLE compound files ([MS-CFB]) apart by the names of their streams.

Leaves reading them to `word_legacy` and `encrypted`.
"""

from typing import BinaryIO

from domain.kinds import Kind

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SEARCHED = 64 * 1024 * 1024  #: bytes searched for stream names where the directory is broken

_STREAMS: tuple[tuple[str, Kind, str], ...] = (
    ("EncryptedPackage", Kind.OLE_ENCRYPTED, "application/x-ooxml-protected"),
    ("WordDocument", Kind.OLE_WORD, "application/msword"),
    ("Workbook", Kind.SPREADSHEET, "application/vnd.ms-excel"),
    ("Book", Kind.SPREADSHEET, "application/vnd.ms-excel"),
    ("PowerPoint Document", Kind.PRESENTATION, "application/vnd.ms-powerpoint"),
    ("__properties_version1.0", Kind.OTHER, "application/vnd.ms-outlook"),
    ("MatOST", Kind.OTHER, "application/vnd.ms-works"),
)
_INSTALLER = "000C1084-0000-0000-C000-000000000046"  #: root class of .msi
_UNKNOWN = (Kind.OTHER, "application/x-ole-storage")


def sniff_ole(head: bytes, file: BinaryIO | None) -> tuple[Kind, str]:
    """Return what an OLE file holds; a broken directory is searched for the stream names instead."""
    if file is None:
        return _by_search(head)
    try:
        return _by_directory(file)
    except Exception:  # noqa: BLE001 - olefile raises many types on a broken directory; the search settles it
        file.seek(0)
        return _by_search(file.read(_SEARCHED))


def _by_directory(file: BinaryIO) -> tuple[Kind, str]:
    import olefile

    file.seek(0)
    with olefile.OleFileIO(file) as ole:
        if (ole.root.clsid or "").upper() == _INSTALLER:
            return Kind.EXECUTABLE, "application/x-msi"
        for name, kind, media_type in _STREAMS:
            if ole.exists(name):
                return kind, media_type
    return _UNKNOWN


def _by_search(content: bytes) -> tuple[Kind, str]:
    for name, kind, media_type in _STREAMS:
        if name.encode("utf-16-le") + b"\x00\x00" in content:
            return kind, media_type
    return _UNKNOWN
