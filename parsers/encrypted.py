"""In charge of Office documents behind a password ([MS-OFFCRYPTO]): opened with passwords the mail gives, else told.

Leaves what is inside to the parser of its kind, and binary .doc with a password to `word_legacy`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from domain.facts import FileFacts
from domain.kinds import Kind
from parsers.forms.document import unread
from parsers.kinds.sniffing import sniff
from parsers.registry import ReadJob, parser, parser_for

_NAME = "encrypted"
_READ_ONLY = "VelvetSweatshop"  #: what Office itself encrypts with when a file is only marked read-only
_MOST_BYTES = 200 * 1024**2


@parser(_NAME, kinds=(Kind.OLE_ENCRYPTED,), version=1)
def read(path: Path, job: ReadJob) -> FileFacts:
    """Return what the document inside tells; problem "encrypted" where no given password opens it."""
    if path.stat().st_size > _MOST_BYTES:
        return unread(_NAME, "memory", f"over {_MOST_BYTES} bytes")
    with TemporaryDirectory(prefix="encrypted-") as folder:
        target = Path(folder) / "document"
        with _opened(path) as office:
            if not any(_decrypt(office, password, target) for password in (_READ_ONLY, *job.passwords)):
                return unread(_NAME, "encrypted", "no password given opens it")
        return _inside(target, job)


def _inside(path: Path, job: ReadJob) -> FileFacts:
    kind, _ = sniff(path)
    reader = parser_for(kind)
    if reader is None or kind is job.kind:
        return unread(_NAME, "unsupported", f"{kind} inside")
    return reader.read(path, replace(job, kind=kind))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import msoffcrypto

    with path.open("rb") as file:
        yield msoffcrypto.OfficeFile(file)


def _decrypt(office: Any, password: str, target: Path) -> bool:
    """Decrypt to target; False where the password is not the one. A damaged file raises what its reader raises."""
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

    try:
        office.load_key(password=password, verify_password=True)
        with target.open("wb") as out:
            office.decrypt(out)
    except (InvalidKeyError, DecryptionError):
        return False
    return True
