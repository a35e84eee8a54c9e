"""In charge of unpacking a zip member by member within a Box, whatever its directory claims.

Leaves reading the directory to `archives.zip_directory`, names to `archives.zip_names`, bytes to `archives.zip_stream` and `archives.zip_crypto`.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from parsers.archives.box import Box, Refused, is_junk
from parsers.archives.zip_crypto import WrongPassword, decrypted, method_of
from parsers.archives.zip_directory import ZipBroken, ZipEntry, ZipVolume, read_directory
from parsers.archives.zip_names import member_name
from parsers.archives.zip_stream import UnsupportedZip, packed_pieces, unpacked_pieces

_LOCAL_HEADER = 30  #: bytes of a local header without its name
_MOST_ENTRIES = 100_000  #: read of a directory; the limit on files is far below


def unpack_zip(path: Path, box: Box, passwords: Sequence[str]) -> None:
    """Unpack a zip into a box. A member that fails is noted and the next is tried. Raises Refused."""
    with path.open("rb") as file:
        try:
            entries = read_directory(file, most=_MOST_ENTRIES)
        except ZipVolume as error:
            raise Refused("volume", str(error)) from error
        except ZipBroken as error:
            raise Refused("corrupt", str(error)) from error
        _refuse_overlap(entries)
        for entry in entries:
            name = member_name(entry)
            if not name.endswith("/") and not entry.is_link and not is_junk(name):
                _unpack_member(file, entry, name, box, _as_bytes(passwords))


def _refuse_overlap(entries: Sequence[ZipEntry]) -> None:
    """Refuse members that share bytes: only a bomb is packed so (Fifield, A better zip bomb, 2019)."""
    ordered = sorted(entries, key=lambda entry: entry.offset)
    for entry, following in pairwise(ordered):
        if entry.offset + _LOCAL_HEADER + entry.packed > following.offset:
            raise Refused("bomb", "members overlap")


def _unpack_member(file: BinaryIO, entry: ZipEntry, name: str, box: Box, passwords: Sequence[bytes]) -> None:
    try:
        if entry.encrypted:
            _unpack_encrypted(file, entry, name, box, passwords)
        else:
            method = method_of(entry)
            box.keep(name, unpacked_pieces(packed_pieces(file, entry), method.compression, method.crc))
    except ZipBroken as error:
        box.note(name, "corrupt", str(error))
    except UnsupportedZip as error:
        box.note(name, "unsupported", str(error))


def _unpack_encrypted(file: BinaryIO, entry: ZipEntry, name: str, box: Box, passwords: Sequence[bytes]) -> None:
    """Try every password; one in 256 wrong ones passes the traditional check, so a bad CRC means the next is tried."""
    broken: ZipBroken | None = None
    for password in passwords:
        try:
            box.keep(name, _decrypted_pieces(file, entry, password))
            return
        except WrongPassword:
            continue
        except ZipBroken as error:
            broken = error
    if broken is not None and entry.method == 99:
        raise broken
    box.note(name, "encrypted", "no password given" if not passwords else "no password given opens it")


def _decrypted_pieces(file: BinaryIO, entry: ZipEntry, password: bytes) -> Iterator[bytes]:
    method = method_of(entry)
    packed = decrypted(packed_pieces(file, entry), entry, password)
    return unpacked_pieces(packed, method.compression, method.crc)


def _as_bytes(passwords: Sequence[str]) -> tuple[bytes, ...]:
    """Return each password as Windows (GBK) and others (UTF-8) hash it."""
    return tuple(dict.fromkeys(p.encode(charset) for p in passwords for charset in ("utf-8", "gb18030")))
