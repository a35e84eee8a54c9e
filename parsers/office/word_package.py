"""In charge of a .docx as a package (ISO/IEC 29500-2): bounded, opened with python-docx, its parts and properties.

A package that python-docx refuses (a relationship to a part that is not there, a broken style sheet) still gives its main
part. No external relationship is followed, no macro is looked into. Leaves content to `parsers.office.word_body`.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.part import Part, PartFactory
from docx.opc.parts.coreprops import CorePropertiesPart
from docx.package import Package
from docx.parts.document import DocumentPart
from lxml import etree

from domain.mail import FileDate
from domain.notice import SHANGHAI
from parsers.office.word_xml import Element, local

_MOST_ENTRIES = 5_000
_MOST_BYTES = 400 * 1024**2  #: all parts unpacked; python-docx holds them in memory
_MOST_XML = 48 * 1024**2  #: one XML part; its tree takes about ten times that
_MACRO_TYPES = ("macroEnabled", "vbaProject")
_MAIN_TYPES = (
    "application/vnd.ms-word.document.macroEnabled.main+xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
)
_PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".gif")

for _type in _MAIN_TYPES:  # macro-enabled documents and templates are documents to read
    PartFactory.part_type_for[_type] = DocumentPart


class PackageTooLarge(Exception):
    """Unpacking would cost more than a form can be worth. Says by how much."""


class PackageBroken(Exception):
    """No main part can be read. Says why."""


@dataclass(frozen=True)
class WordPackage:
    """An opened .docx: its body and what its other parts tell."""

    body: Element
    chunks: dict[str, tuple[str, bytes]]  #: relationship id → media type and bytes of an altChunk's part
    pictures: tuple[bytes, ...]
    macros: bool
    producer: str
    dates: tuple[FileDate, ...]


def open_package(source: Path | BytesIO) -> WordPackage:
    """Open a .docx within bounds. Raises PackageTooLarge, PackageBroken."""
    try:
        with ZipFile(source) as archive:
            _check_sizes(archive)
        return _by_docx(source)
    except (
        KeyError,
        ValueError,
        AttributeError,
        TypeError,
        BadZipFile,
        etree.XMLSyntaxError,
        EOFError,
        OSError,
        NotImplementedError,  # zipfile, of a version or method it does not know
    ) as error:
        return _by_main_part(source, f"{type(error).__name__} from python-docx")


def _check_sizes(archive: ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > _MOST_ENTRIES:
        raise PackageTooLarge(f"{len(entries)} parts, at most {_MOST_ENTRIES} are opened")
    total = sum(entry.file_size for entry in entries)
    largest = max((entry.file_size for entry in entries if entry.filename.endswith((".xml", ".rels"))), default=0)
    if total > _MOST_BYTES or largest > _MOST_XML:
        raise PackageTooLarge(f"{total} bytes unpacked, the largest XML part {largest}")


def _by_docx(source: Path | BytesIO) -> WordPackage:
    if isinstance(source, BytesIO):
        source.seek(0)
    package = Package.open(str(source) if isinstance(source, Path) else source)
    main = next(
        rel.target_part
        for rel in package.rels.values()
        if rel.reltype.endswith("/officeDocument") and not rel.is_external
    )
    if not isinstance(main, DocumentPart):
        raise TypeError("the main part is no document")
    parts = list(package.iter_parts())
    return WordPackage(
        body=_body(main.element),
        chunks={
            rel.rId: (rel.target_part.content_type, rel.target_part.blob)
            for rel in main.rels.values()
            if rel.reltype.endswith("/aFChunk") and not rel.is_external
        },
        pictures=tuple(part.blob for part in parts if str(part.partname).lower().endswith(_PICTURES)),
        macros=any(mark in part.content_type for part in parts for mark in _MACRO_TYPES),
        producer=_producer(parts),
        dates=tuple(_dates(parts)),
    )


def _body(root: Element) -> Element:
    body = next((inner for inner in root if local(inner) == "body"), None)
    if body is None:
        raise PackageBroken("the main part has no body")
    return body


def _producer(parts: list[Part]) -> str:
    """Return Application of docProps/app.xml."""
    for part in parts:
        if part.content_type == CT.OFC_EXTENDED_PROPERTIES:
            with suppress(etree.XMLSyntaxError):
                root = etree.fromstring(part.blob, _safe_parser())
                return next((inner.text or "" for inner in root if local(inner) == "Application"), "")[:100]
    return ""


def _dates(parts: list[Part]) -> Iterator[FileDate]:
    """Yield the core properties' dates as days in Shanghai. A package without them gets none invented."""
    for part in parts:
        if isinstance(part, CorePropertiesPart):
            properties = part.core_properties
            for name, when in (("created", properties.created), ("modified", properties.modified)):
                if isinstance(when, datetime):
                    yield FileDate(when=_day(when), where=f"docProps/core.xml {name}")


def _day(when: datetime) -> date:
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(SHANGHAI).date()


def _by_main_part(source: Path | BytesIO, why: str) -> WordPackage:
    """Read the main part alone, with lxml, where the package as a whole cannot be opened."""
    try:
        with ZipFile(source) as archive:
            names = archive.namelist()
            main = next(name for name in names if name.replace("\\", "/").lower().startswith("word/document"))
            root = etree.fromstring(archive.read(main), _safe_parser())
    except (
        StopIteration,
        KeyError,
        BadZipFile,
        etree.XMLSyntaxError,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise PackageBroken(f"{why}; main part: {type(error).__name__}") from error
    macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    return WordPackage(_body(root), {}, (), macros, "", ())


def _safe_parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
