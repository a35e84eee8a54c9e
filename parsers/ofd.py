"""In charge of OFD files (GB/T 33190-2016): forms from their text, electronic seals from their signatures, not verified.

Leaves the package to `pages.ofd_package`, places on a page to `pages.ofd_text`.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from domain.facts import FileFacts, Seal, SealFacts
from domain.kinds import Kind
from domain.mail import FileDate
from domain.text import one_line, word_count
from parsers.pages.ofd_package import NotOfd, Package, beside, every, first_text, is_date
from parsers.pages.ofd_text import blocks_of
from parsers.pages.pdf_layer import text_of
from parsers.registry import ReadJob, parser
from parsers.scans.reading import forms_of

_MOST_PAGES = 40
_MOST_SEALS = 20


@parser("ofd", kinds=(Kind.OFD,), version=1)
def read(path: Path, job: ReadJob) -> FileFacts:
    """Return an OFD's forms, text, dates and electronic seal. Problem: corrupt."""
    try:
        with Package(path) as package:
            return _read(package, job)
    except NotOfd as error:
        return FileFacts(parser="ofd", version=1, problem="corrupt", detail=str(error))


def _read(package: Package, job: ReadJob) -> FileFacts:
    entry = package.xml("OFD.xml")
    if entry is None:
        raise NotOfd("no OFD.xml in it")
    roots = [beside("OFD.xml", str(root.text or "")) for root in every(entry, "DocRoot")]
    pages = [page for root in roots for page in _pages(package, root)][:_MOST_PAGES]
    blocks = [blocks_of(content, *size, number) for number, (content, size) in enumerate(pages)]
    text = "\n".join(text_of(page) for page in blocks)
    return FileFacts(
        parser="ofd",
        version=1,
        forms=forms_of(blocks, job),
        text=text,
        text_length=word_count(text),
        source="native",
        pages=len(pages),
        seal=_seal(package, entry, roots),
        dates=tuple(_dates(entry)),
        producer=one_line(" ".join(filter(None, (first_text(entry, "Creator"), first_text(entry, "CreatorVersion"))))),
    )


def _pages(package: Package, root: str) -> Iterator[tuple[Any, tuple[float, float]]]:
    """Give each page's content and its size in millimetres."""
    document = package.xml(root)
    if document is None:
        return
    usual = _size(document) or (210.0, 297.0)
    templates = {item.get("ID"): beside(root, item.get("BaseLoc", "")) for item in every(document, "TemplatePage")}
    for page in every(document, "Page")[:_MOST_PAGES]:
        content = package.xml(beside(root, page.get("BaseLoc", "")))
        if content is None:
            continue
        for used in every(content, "Template")[:4]:  # what is printed on every page: often the form's labels
            if (template := package.xml(templates.get(used.get("TemplateID"), ""))) is not None:
                content.append(template)
        yield content, _size(content) or usual


def _size(element: Any) -> tuple[float, float] | None:
    parts = first_text(element, "PhysicalBox").split()
    try:
        return (abs(float(parts[2])), abs(float(parts[3]))) if len(parts) == 4 else None
    except ValueError:
        return None


def _dates(entry: Any) -> Iterator[FileDate]:
    for name in ("CreationDate", "ModDate"):
        text = first_text(entry, name)
        if is_date(text):
            try:
                yield FileDate(when=date.fromisoformat(text[:10]), where=f"OFD {name}")
            except ValueError:
                continue


def _seal(package: Package, entry: Any, roots: list[str]) -> SealFacts:
    """Return the electronic seals (§18): each Signature of type Seal in the lists that the entry names."""
    names = [beside("OFD.xml", str(item.text or "")) for item in every(entry, "Signatures")]
    names += [beside(root, "Signs/Signatures.xml") for root in roots]
    lists = [(name, found) for name in dict.fromkeys(names) if (found := package.xml(name)) is not None]
    signed = [(name, item) for name, found in lists for item in every(found, "Signature")][:_MOST_SEALS]
    if not signed:
        return SealFacts(present=None, reason="OFD without a signature; pictures on it are not judged")
    seals = tuple(Seal(shape="signature", text=_signer(package, name, item), confidence=0.9) for name, item in signed)
    texts = dict.fromkeys(seal.text for seal in seals if seal.text)
    reason = "OFD signature (not verified)"
    return SealFacts(present=True, text="、".join(texts) or None, seals=seals, reason=reason, electronic=True)


def _signer(package: Package, name: str, item: Any) -> str | None:
    """Return what a signature calls its company, where it says so in the open: the seal itself is sealed in SM2."""
    signature = package.xml(beside(name, item.get("BaseLoc", "")))
    if signature is None:
        return None
    told = (one_line(str(provider.get("Company") or "")) for provider in every(signature, "Seal"))
    return next((company for company in told if company), None)
