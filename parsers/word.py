"""In charge of Word documents (OOXML, with or without macros): package, body, forms.

Leaves OLE documents to `parsers.word_legacy`, passwords to `parsers.encrypted`, fields to `parsers.forms.reading`.
"""

from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from domain.facts import FileFacts
from domain.kinds import Kind
from parsers.forms.document import document_facts, unread
from parsers.forms.reading import Block
from parsers.registry import ReadJob, parser

if TYPE_CHECKING:
    from parsers.office.word_package import WordPackage

_NAME = "word"
_FEW_WORDS = 60  #: 字数 below which a document with pictures and no form is a picture in an envelope
_MOST_PICTURES = 20
_CHUNK_DEPTH = 2  #: documents within documents


@parser(_NAME, kinds=(Kind.DOCX,), version=1)
def read(path: Path, job: ReadJob) -> FileFacts:
    """Return what a .docx tells. Pictures of a document that is nothing else are written to `job.out`."""
    return read_word(path, job, _NAME)


def read_word(source: Path | BytesIO, job: ReadJob, name: str) -> FileFacts:
    """Return what a .docx tells, under the name of the parser that opened it (word, word_legacy, encrypted)."""
    from parsers.office.word_package import PackageBroken, PackageTooLarge, open_package

    try:
        package = open_package(source)
    except PackageTooLarge as error:
        return unread(name, "memory", str(error))
    except PackageBroken as error:
        return unread(name, "corrupt", str(error))
    facts = document_facts(
        name, word_blocks(package), job, dates=package.dates, producer=package.producer, macros=package.macros
    )
    return _with_pictures(facts, package.pictures[:_MOST_PICTURES], job.out)


def _with_pictures(facts: FileFacts, pictures: Sequence[bytes], out: Path) -> FileFacts:
    """Return the facts of a document that is pictures and little else, with those written out for staff."""
    if not pictures or facts.forms or (facts.text_length or 0) >= _FEW_WORDS:
        return facts
    told = f"picture only: {len(pictures)} in the document"
    return facts.model_copy(update={"detail": told, "derived": tuple(_write(picture, out) for picture in pictures)})


def word_blocks(package: "WordPackage", depth: int = 0) -> list[Block]:
    """Return the lines and tables of an opened document, with those of its altChunks (§17.17.2.1)."""
    from parsers.office.word_body import BodyReader

    def chunk(relationship: str) -> Sequence[Block]:
        media_type, data = package.chunks.get(relationship, ("", b""))
        return _chunk_blocks(media_type, data, depth + 1) if depth < _CHUNK_DEPTH else ()

    return BodyReader(chunk).blocks(package.body)


def _chunk_blocks(media_type: str, data: bytes, depth: int) -> Sequence[Block]:
    if data.startswith(b"PK\x03\x04"):
        from parsers.office.word_package import PackageBroken, PackageTooLarge, open_package

        try:
            return word_blocks(open_package(BytesIO(data)), depth)
        except (PackageBroken, PackageTooLarge):
            return ()  # Word shows nothing there either
    if data.lstrip().startswith(b"{\\rtf"):
        from parsers.rtf import rtf_blocks

        return rtf_blocks(data)
    if "html" in media_type or "rfc822" in media_type or b"<" in data[:1000]:
        from parsers.html import html_blocks

        return html_blocks(data)
    return data.decode("utf-8-sig", "replace").splitlines()


def _write(picture: bytes, out: Path) -> str:
    name = sha256(picture).hexdigest()
    (out / name).write_bytes(picture)
    return name
