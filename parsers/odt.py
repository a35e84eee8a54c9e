"""In charge of OpenDocument texts (ODF 1.3) as packages: bounded, their content, dates and program.

Leaves content to `parsers.office.odt_body`. Nothing outside the package is followed.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from domain.facts import FileFacts
from domain.kinds import Kind
from domain.mail import FileDate
from parsers.forms.document import document_facts, unread
from parsers.registry import ReadJob, parser

if TYPE_CHECKING:
    from lxml import etree

_NAME = "odt"
_MOST_XML = 48 * 1024**2  #: one part; its tree takes about ten times that
_DATES = {"creation-date": "meta.xml created", "date": "meta.xml modified"}


@parser(_NAME, kinds=(Kind.ODT,), version=1)
def read(path: Path, job: ReadJob) -> FileFacts:
    """Return what an .odt tells."""
    from parsers.office.odt_body import odt_blocks

    try:
        with ZipFile(path) as archive:
            if b"encryption-data" in _part(archive, "META-INF/manifest.xml"):
                return unread(_NAME, "encrypted", "the manifest names encrypted parts")
            content = _tree(_part(archive, "content.xml"))
            meta = _part(archive, "meta.xml")
            macros = any(name.startswith(("Basic/", "Scripts/")) for name in archive.namelist())
    except OverflowError as error:
        return unread(_NAME, "memory", str(error))
    except (BadZipFile, SyntaxError, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        return unread(_NAME, "corrupt", f"{type(error).__name__} in the package")
    dates, producer = tuple(_dates(meta)), _text_of(meta, "generator")
    return document_facts(_NAME, odt_blocks(content), job, dates=dates, producer=producer[:100], macros=macros)


def _part(archive: ZipFile, name: str) -> bytes:
    """Return a part's bytes, b"" where it is missing. Raises OverflowError over the limit."""
    if name not in archive.namelist():
        return b""
    if archive.getinfo(name).file_size > _MOST_XML:
        raise OverflowError(f"{name} has {archive.getinfo(name).file_size} bytes, at most {_MOST_XML} are read")
    return archive.read(name)


def _tree(data: bytes) -> "etree._Element":
    from lxml import etree

    return etree.fromstring(
        data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    )


def _text_of(meta: bytes, name: str) -> str:
    with suppress(SyntaxError, ValueError):
        return next((element.text or "" for element in _tree(meta).iter("{*}" + name)), "")
    return ""


def _dates(meta: bytes) -> Iterator[FileDate]:
    """Yield the dates of meta.xml, which are local times without a zone (ODF 1.3 part 3, 4.3)."""
    for name, where in _DATES.items():
        with suppress(ValueError):
            yield FileDate(when=date.fromisoformat(_text_of(meta, name)[:10]), where=where)
