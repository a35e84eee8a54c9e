"""In charge of encrypted zip members: traditional PKWARE encryption (APPNOTE 6.1) and WinZip AES (AE-1, AE-2).

Leaves where passwords come from to the mail. A password is tried by its own check before anything is unpacked.
"""

import hashlib
import hmac
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from parsers.archives.zip_directory import ZipBroken, ZipEntry, extra_field
from parsers.archives.zip_stream import UnsupportedZip

_AES_FIELD = 0x9901
_AES_METHOD = 99
_STRONG = 0x40  #: general purpose bit 6: PKWARE strong encryption
_DESCRIPTOR = 0x08  #: bit 3: the CRC was not known when the header was written
_CODE = 10  #: bytes of authentication code after AES data


class WrongPassword(Exception):
    """The password's own check says no."""


@dataclass(frozen=True)
class Method:
    """How an encrypted member is packed once decrypted, and what its CRC must be (None: authenticated)."""

    compression: int
    crc: int | None


def method_of(entry: ZipEntry) -> Method:
    """Return how a member is packed, plain or encrypted. Raises UnsupportedZip."""
    if entry.encrypted and entry.flags & _STRONG:
        raise UnsupportedZip("PKWARE strong encryption")
    if entry.method != _AES_METHOD:
        return Method(entry.method, entry.crc)
    field = extra_field(entry.extra, _AES_FIELD) or b""
    if len(field) < 7:
        raise ZipBroken("AES without its field")
    version = int.from_bytes(field[:2], "little")
    return Method(int.from_bytes(field[5:7], "little"), entry.crc if version == 1 else None)


def decrypted(pieces: Iterable[bytes], entry: ZipEntry, password: bytes) -> Iterator[bytes]:
    """Yield a member's packed bytes, decrypted. Raises WrongPassword before the first, ZipBroken on tampering."""
    if entry.method == _AES_METHOD:
        return _aes(pieces, entry, password)
    return _traditional(pieces, entry, password)


def _traditional(pieces: Iterable[bytes], entry: ZipEntry, password: bytes) -> Iterator[bytes]:
    decrypt = _keystream(password)
    source = iter(pieces)
    head = decrypt(next(source, b""))
    expected = entry.time >> 8 if entry.flags & _DESCRIPTOR else entry.crc >> 24
    if len(head) < 12 or head[11] != expected:
        raise WrongPassword
    yield head[12:]
    for piece in source:
        yield decrypt(piece)


def _keystream(password: bytes) -> Callable[[bytes], bytes]:
    """Return a function that decrypts bytes in order (APPNOTE 6.1.5). Unrolled: this loop is all the time it takes."""
    crc, mask = _crc_table(), _mask_table()
    state = (0x12345678, 0x23456789, 0x34567890)

    def decrypt(data: bytes, *, plain: bool = False) -> bytes:
        nonlocal state
        key0, key1, key2 = state
        out = bytearray(data)
        for index, byte in enumerate(data):
            value = byte if plain else byte ^ mask[key2 & 0xFFFF]
            out[index] = value
            key0 = (key0 >> 8) ^ crc[(key0 ^ value) & 0xFF]
            key1 = ((key1 + (key0 & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
            key2 = (key2 >> 8) ^ crc[(key2 ^ (key1 >> 24)) & 0xFF]
        state = key0, key1, key2
        return bytes(out)

    decrypt(password, plain=True)
    return decrypt


@cache
def _crc_table() -> tuple[int, ...]:
    """Return the CRC-32 table, out of zlib: the register moved by one byte, without its inversions."""
    return tuple(zlib.crc32(bytes((byte,)), 0xFFFFFFFF) ^ 0xFFFFFFFF for byte in range(256))


@cache
def _mask_table() -> bytes:
    """Return the byte of keystream for the low 16 bits of the third key."""
    return bytes((((key | 2) * ((key | 2) ^ 1)) >> 8) & 0xFF for key in range(0x10000))


def _aes(pieces: Iterable[bytes], entry: ZipEntry, password: bytes) -> Iterator[bytes]:
    from Cryptodome.Cipher import AES
    from Cryptodome.Util import Counter

    strength = (extra_field(entry.extra, _AES_FIELD) or b"\0" * 5)[4]
    if strength not in (1, 2, 3):
        raise UnsupportedZip(f"AES strength {strength}")
    salt_size, key_size = 4 + 4 * strength, 8 + 8 * strength
    source = iter(pieces)
    head = next(source, b"")
    keys = hashlib.pbkdf2_hmac("sha1", password, head[:salt_size], 1000, 2 * key_size + 2)
    if keys[-2:] != head[salt_size : salt_size + 2]:
        raise WrongPassword
    cipher = AES.new(keys[:key_size], AES.MODE_CTR, counter=Counter.new(128, little_endian=True, initial_value=1))
    code = hmac.new(keys[key_size:-2], digestmod="sha1")
    held = head[salt_size + 2 :]
    for piece in source:
        held += piece
        data, held = held[:-_CODE], held[-_CODE:]
        code.update(data)
        yield cipher.decrypt(data)
    data, told = held[:-_CODE], held[-_CODE:]
    code.update(data)
    yield cipher.decrypt(data)
    if not hmac.compare_digest(code.digest()[:_CODE], told):
        raise ZipBroken("AES authentication code differs")
