"""In charge of plain text files: characters, words, and a form typed without a table.

Leaves guessing a charset to `message.charset` and finding labels to `forms.reading`.
"""

from pathlib import Path

from domain.facts import FileFacts
from domain.kinds import Kind
from parsers.forms.document import document_facts, unread
from parsers.kinds.texts import wide_charset
from parsers.message.charset import decode_bytes
from parsers.registry import ReadJob, parser

_NAME = "plain"
_MOST_BYTES = 20 * 1024**2


@parser(_NAME, kinds=(Kind.TEXT,), version=1)
def read(path: Path, job: ReadJob) -> FileFacts:
    """Return the text of a file in UTF-8, UTF-16, GB18030 or Big5; `detail` says where characters were lost."""
    if path.stat().st_size > _MOST_BYTES:
        return unread(_NAME, "memory", f"over {_MOST_BYTES} bytes of text")
    text, exact = _decoded(path.read_bytes())
    return document_facts(_NAME, text.splitlines(), job, detail="" if exact else "some characters could not be read")


def _decoded(data: bytes) -> tuple[str, bool]:
    charset = wide_charset(data)
    if charset is None:
        return decode_bytes(data)
    text = data.decode(charset, "replace").removeprefix("\ufeff")
    return text, "\ufffd" not in text
