"""In charge of binary Word documents (OLE: .doc, .wps): converted to OOXML by msdoc2docx, then read as any Word document.

No office program is run, no macro is looked into. Leaves passwords of OOXML to `parsers.encrypted`.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.facts import FileFacts
from domain.kinds import Kind
from domain.mail import FileDate
from domain.notice import SHANGHAI
from parsers.document import unread
from parsers.registry import ReadJob, parser
from parsers.word import read_word

_NAME = "word_legacy"
_MOST_BYTES = 100 * 1024**2
_MACRO_STORAGES = ("Macros", "_VBA_PROJECT_CUR")


@parser(_NAME, kinds=(Kind.OLE_WORD,), version=1)
def read(path: Path, job: ReadJob) -> FileFacts:
    """Return what a .doc or .wps tells; passwords given in the mail are tried."""
    from doc2docx.errors import Doc2DocxError, EncryptedDocumentError, UnsupportedFeatureError

    if path.stat().st_size > _MOST_BYTES:
        return unread(_NAME, "memory", f"over {_MOST_BYTES} bytes of binary Word")
    for password in (None, *job.passwords):
        try:
            converted = _convert(path, password)
        except EncryptedDocumentError:
            continue
        except UnsupportedFeatureError as error:
            return unread(_NAME, "unsupported", type(error).__name__)
        except (Doc2DocxError, ValueError, LookupError, OverflowError, TypeError, AttributeError) as error:
            return unread(_NAME, "corrupt", f"{type(error).__name__} from msdoc2docx")
        return _with_summary(read_word(BytesIO(converted), job, _NAME), path)
    return unread(_NAME, "encrypted", "no password given opens it")


def _convert(path: Path, password: str | None) -> bytes:
    from doc2docx import convert
    from doc2docx.cfb import CompoundFileLimits

    limits = CompoundFileLimits(max_input_bytes=_MOST_BYTES, max_stream_bytes=_MOST_BYTES, max_directory_entries=20_000)
    with TemporaryDirectory(prefix="word-") as directory:
        target = Path(directory) / "converted.docx"
        convert(path, target, limits=limits, password=password)
        return target.read_bytes()


def _with_summary(facts: FileFacts, path: Path) -> FileFacts:
    """Return the facts with the dates, the program and the macros of the OLE file itself, not of the converter."""
    import olefile

    with olefile.OleFileIO(str(path)) as ole:
        summary = ole.get_metadata()
        macros = any(ole.exists(storage) for storage in _MACRO_STORAGES)
        producer = _decoded(summary.creating_application)
        dates = tuple(_dates(summary.create_time, summary.last_saved_time))
    return facts.model_copy(update={"dates": dates, "producer": producer[:100], "macros": macros})


def _dates(created: object, saved: object) -> Iterator[FileDate]:
    """Yield the summary's dates, which are UTC, as days in Shanghai; 1601 means none ([MS-OLEPS] 2.15)."""
    for when, name in ((created, "created"), (saved, "modified")):
        if isinstance(when, datetime) and when.year > 1980:
            with suppress(OverflowError):
                day = when.replace(tzinfo=UTC).astimezone(SHANGHAI).date()
                yield FileDate(when=day, where=f"SummaryInformation {name}")


def _decoded(text: object) -> str:
    if isinstance(text, bytes):
        text = text.decode("gb18030", "replace")
    return text.rstrip("\0").strip() if isinstance(text, str) else ""
