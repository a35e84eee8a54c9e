"""In charge of RTF documents, those named .doc among them. Leaves tokens, tables and text to `parsers.rtf_*`."""

from collections.abc import Sequence
from pathlib import Path

from domain.facts import FileFacts
from domain.kinds import Kind
from parsers.forms.document import document_facts, unread
from parsers.forms.reading import Block
from parsers.registry import ReadJob, parser

_NAME = "rtf"
_MOST_BYTES = 200 * 1024**2  #: pictures are hexadecimal text in it


@parser(_NAME, kinds=(Kind.RTF,), version=1)
def read(path: Path, job: ReadJob) -> FileFacts:
    """Return what an RTF document tells."""
    from parsers.office.rtf_body import RtfReader
    from parsers.office.rtf_tokens import tokens

    if path.stat().st_size > _MOST_BYTES:
        return unread(_NAME, "memory", f"over {_MOST_BYTES} bytes of RTF")
    reader = RtfReader()
    try:
        blocks = reader.read(tokens(path.read_bytes()))
    except ValueError as error:
        return unread(_NAME, "corrupt", str(error))
    return document_facts(_NAME, blocks, job, dates=reader.dates, producer=reader.producer)


def rtf_blocks(data: bytes) -> Sequence[Block]:
    """Return the lines and tables of RTF inside another document. Raises ValueError on groups nested too deep."""
    from parsers.office.rtf_body import RtfReader
    from parsers.office.rtf_tokens import tokens

    return RtfReader().read(tokens(data))
