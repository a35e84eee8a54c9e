"""In charge of binary Word documents (OLE: .doc, .wps): converted to OOXML by msdoc2docx, then read as any Word document.

No office program is run, no macro is looked into. Leaves passwords of OOXML to `parsers.encrypted`.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.facts import FileFacts, FormFields
from domain.kinds import Kind
from domain.mail import FileDate
from domain.notice import SHANGHAI
from parsers.forms.document import document_facts, unread
from parsers.forms.labels import Labels
from parsers.office.word_salvage import NothingToSalvage, salvage
from parsers.registry import ReadJob, parser
from parsers.word import read_word

_NAME = "word_legacy"
_MOST_BYTES = 100 * 1024**2
_TEXT_LOST = frozenset({"MAIN_TEXTBOX_TABLE_MALFORMED"})
_ENCRYPTED, _TABLE_ONE = 0x0100, 0x0200  #: FibBase flags ([MS-DOC] 2.5.2)
_MACRO_STORAGES = ("Macros", "_VBA_PROJECT_CUR")


@parser(_NAME, kinds=(Kind.OLE_WORD,), version=1)
def read(path: Path, job: ReadJob) -> FileFacts:
    """Return what a .doc or .wps tells; passwords given in the mail are tried. What was salvaged is told as unsure."""
    if path.stat().st_size > _MOST_BYTES:
        return unread(_NAME, "memory", f"over {_MOST_BYTES} bytes of binary Word")
    try:
        converted = _opened(path, job.passwords)
    except _Unconverted as error:
        return _with_summary(_salvaged(path, job, str(error)), path)
    if converted is None:
        return unread(_NAME, "encrypted", "no password given opens it")
    return _with_summary(read_word(BytesIO(converted), job, _NAME), path)


class _Unconverted(Exception):
    """msdoc2docx cannot read the document, or leaves text out. Says why."""


def _opened(path: Path, passwords: tuple[str, ...]) -> bytes | None:
    """Return the document as OOXML, None where no password opens it. Raises _Unconverted."""
    from doc2docx.errors import Doc2DocxError, EncryptedDocumentError

    for password in (None, *passwords):
        try:
            return _convert(path, password)
        except EncryptedDocumentError:
            continue
        except (Doc2DocxError, ValueError, LookupError, OverflowError, TypeError, AttributeError) as error:
            raise _Unconverted(f"{type(error).__name__} from msdoc2docx") from error
    return None


def _convert(path: Path, password: str | None) -> bytes:
    from doc2docx import convert
    from doc2docx.cfb import CompoundFileLimits

    limits = CompoundFileLimits(max_input_bytes=_MOST_BYTES, max_stream_bytes=_MOST_BYTES, max_directory_entries=20_000)
    with TemporaryDirectory(prefix="word-") as directory:
        target = Path(directory) / "converted.docx"
        report = convert(path, target, limits=limits, password=password).report
        if any(warning.code in _TEXT_LOST for warning in report.warnings):
            raise _Unconverted("msdoc2docx left text boxes out")
        return target.read_bytes()


def _salvaged(path: Path, job: ReadJob, why: str) -> FileFacts:
    """Return the text without its layout; every field of its forms is unsure."""
    import olefile

    try:
        with olefile.OleFileIO(str(path)) as ole:
            word = ole.openstream("WordDocument").read()
            flags = int.from_bytes(word[10:12], "little")
            if flags & _ENCRYPTED:
                return unread(_NAME, "encrypted", why)
            table = ole.openstream("1Table" if flags & _TABLE_ONE else "0Table").read()
        blocks = salvage(word, table, Labels(job.templates))
    except (OSError, NothingToSalvage):
        return unread(_NAME, "corrupt", why)
    facts = document_facts(_NAME, blocks, job, detail=f"text without its layout: {why}")
    return facts.model_copy(update={"forms": tuple(_unsure(form) for form in facts.forms)})


def _unsure(form: FormFields) -> FormFields:
    return form.model_copy(update={"unsure": tuple(sorted(form.model_fields_set - {"unsure", "pages", "annex"}))})


def _with_summary(facts: FileFacts, path: Path) -> FileFacts:
    """Return the facts with the dates, the program and the macros of the OLE file itself, not of the converter."""
    import olefile

    if not olefile.isOleFile(str(path)):
        return facts
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
