"""In charge of the names of zip and tar members, whose charset is declared wrongly or not at all (research §5).

Leaves making them safe to `archives.box`. Names are decoded before any separator is touched: GBK has 0x5C in trail bytes.
"""

import zlib

from parsers.archives.zip_directory import ZipEntry, extra_field

_UTF8_FLAG = 0x800  #: general purpose bit 11, APPNOTE 4.4.4
_UNICODE_PATH = 0x7075  #: APPNOTE 4.6.9
_CJK = ("\u2e80", "\u9fff")


def member_name(entry: ZipEntry) -> str:
    """Return a zip member's name with "/" as separator, whatever its flag says."""
    name = _unicode_path(entry) or decode_name(entry.name, declared_utf8=bool(entry.flags & _UTF8_FLAG))
    return name.replace("\\", "/")


def decode_name(raw: bytes, *, declared_utf8: bool = False) -> str:
    """Return a name's characters: UTF-8 where it is, else GB18030, Big5, code page 437. Never raises."""
    utf8 = _strict(raw, "utf-8")
    if utf8 is not None and (declared_utf8 or utf8.isascii() or not _mistaken(raw, utf8)):
        return utf8
    for charset in ("gb18030", "big5hkscs"):
        name = _strict(raw, charset)
        if name is not None:
            return name
    return raw.decode("cp437")


def _mistaken(raw: bytes, utf8: str) -> bool:
    """Tell GBK that happens to be valid UTF-8: read so it has no Chinese character, read as GBK it has only such."""
    if any(_CJK[0] <= character <= _CJK[1] for character in utf8):
        return False
    gbk = _strict(raw, "gb18030")
    return gbk is not None and all(c.isascii() or _CJK[0] <= c <= _CJK[1] for c in gbk)


def _unicode_path(entry: ZipEntry) -> str | None:
    """Return the name in the Unicode Path extra field, where its CRC says it belongs to this name."""
    field = extra_field(entry.extra, _UNICODE_PATH)
    if field is None or len(field) < 6 or field[0] != 1:
        return None
    if int.from_bytes(field[1:5], "little") != zlib.crc32(entry.name):
        return None
    return _strict(field[5:], "utf-8")


def _strict(raw: bytes, charset: str) -> str | None:
    try:
        return raw.decode(charset)
    except UnicodeDecodeError:
        return None
