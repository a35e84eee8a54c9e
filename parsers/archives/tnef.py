"""In charge of winmail.dat (TNEF, [MS-OXTNEF]): the files and the message text inside, in a Box as from an archive.

Leaves what is done with them to `mail`.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from domain.notice import Limits
from parsers.archives.box import Box, Refused, Unpacked
from parsers.archives.zip_names import decode_name

_BODY = "message.{}"  #: names of the text parts


def unpack_tnef(path: Path, out: Path, limits: Limits | None = None) -> Unpacked:
    """Return the files inside a winmail.dat, its text as message.html or message.txt first. Never raises for bad input."""
    box = Box(out, limits or Limits(), path.stat().st_size)
    try:
        _unpack(path, box)
    except Refused as refused:
        box.note("", refused.problem, refused.detail)
    return box.unpacked()


def _unpack(path: Path, box: Box) -> None:
    with _quiet():
        parsed = _parsed(path)
    for suffix, body in (("html", parsed.htmlbody), ("txt", parsed.body)):
        data = _data(body)
        if data.strip(b"\x00\r\n\t "):
            box.keep(_BODY.format(suffix), [data])
            break
    for attachment in parsed.attachments:
        data = _data(attachment.data)
        if data:
            box.keep(_name(attachment), [data])


def _parsed(path: Path) -> Any:
    import tnefparse

    try:
        return tnefparse.TNEF(path.read_bytes(), do_checksum=False)
    except MemoryError:
        raise
    except Exception as error:  # tnefparse raises whatever slicing and decoding raise
        raise Refused("corrupt", type(error).__name__) from error


def _name(attachment: Any) -> str:
    """Return the long file name, else the title; bytes without a known code page are guessed as names of a zip are."""
    try:
        name = attachment.long_filename()
    except UnicodeDecodeError:
        name = attachment._name
    text = decode_name(name) if isinstance(name, bytes) else str(name)
    return text.replace("\\", "/").strip("\x00")


def _data(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    return str(value).encode() if value else b""


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep tnefparse's warnings, which quote the mail, out of the logs."""
    logger = logging.getLogger("tnefparse")
    before, logger.disabled = logger.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = before
