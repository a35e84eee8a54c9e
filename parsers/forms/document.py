"""In charge of what every text document gives in the end: its blocks turned into facts.

Leaves making the blocks (lines of text and tables, in reading order) to the reader of each format.
"""

from collections.abc import Sequence

from domain.facts import FileFacts
from domain.mail import FileDate
from domain.text import clean, word_count
from parsers.forms.reading import Block, read_blocks
from parsers.registry import ReadJob


def document_facts(
    name: str,
    blocks: Sequence[Block],
    job: ReadJob,
    *,
    dates: Sequence[FileDate] = (),
    producer: str = "",
    macros: bool = False,
    detail: str = "",
    derived: Sequence[str] = (),
) -> FileFacts:
    """Return the facts of a document whose text is native: forms, whole visible text, 字数."""
    text = document_text(blocks)
    return FileFacts(
        parser=name,
        version=0,  # the registry sets what is registered
        detail=detail,
        forms=read_blocks(blocks, job.templates, job.commitment),
        text=text,
        text_length=word_count(text),
        source="native",
        macros=macros,
        dates=tuple(dates),
        producer=producer,
        derived=tuple(derived),
    )


def document_text(blocks: Sequence[Block]) -> str:
    """Return the visible text of blocks: a line each, cells of a row apart by tabs."""
    return clean("\n".join(block if isinstance(block, str) else block.text() for block in blocks)).strip()


def unread(name: str, problem: str, detail: str) -> FileFacts:
    """Return the facts of a document that could not be read. `detail` is one English line, nothing personal."""
    return FileFacts(parser=name, version=0, problem=problem, detail=detail)
