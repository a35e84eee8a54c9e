"""In charge of an OFD file as a package (GB/T 33190-2016): its parts by name, within limits, XML without entities."""

import posixpath
import re
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree

_MOST_PARTS = 5000
_MOST_BYTES = 20_000_000  #: of one XML part, unpacked
_MOST_IN_ALL = 120_000_000
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}")


class NotOfd(Exception):
    """Not an OFD that can be opened. The applicant must send it again."""


class Package:
    """An open OFD file. Names are those inside the package; nothing is ever written or fetched."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise NotOfd("no OFD package") from error
        self._parts = {entry.filename.lstrip("/"): entry for entry in self._zip.infolist()[:_MOST_PARTS]}
        self._left = _MOST_IN_ALL

    def close(self) -> None:
        self._zip.close()

    def __enter__(self) -> "Package":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def has(self, name: str) -> bool:
        return name in self._parts

    def xml(self, name: str) -> Any | None:
        """Return a part's root element, or None where it is missing, too large, or no XML."""
        entry = self._parts.get(name)
        if entry is None or entry.file_size > min(_MOST_BYTES, self._left):
            return None
        try:
            with self._zip.open(entry) as part:
                data = part.read(_MOST_BYTES)
        except (zipfile.BadZipFile, RuntimeError, OSError, ValueError, NotImplementedError):
            return None
        self._left -= len(data)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError:
            return None


def local(element: Any) -> str:
    """Return an element's name without its namespace: writers use several, or none."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def every(root: Any, name: str) -> list[Any]:
    """Return all elements of a name below a root, in document order."""
    return [element for element in root.iter() if local(element) == name]


def first_text(root: Any, name: str) -> str:
    """Return the text of the first element of a name, "" where there is none."""
    return next((str(element.text or "").strip() for element in every(root, name)), "")


def beside(part: str, reference: str) -> str:
    """Return the name a reference in a part means: from the root with a slash, else from the part's folder."""
    reference = reference.strip().replace("\\", "/")
    whole = reference if reference.startswith("/") else posixpath.join(posixpath.dirname(part), reference)
    return posixpath.normpath(whole).lstrip("/")


def is_date(text: str) -> bool:
    return bool(_DATE.match(text))
