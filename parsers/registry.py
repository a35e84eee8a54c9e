"""In charge of which parser reads which kind of file, and of turning any failure of one into a `problem`.

Leaves limits of memory and time to `parsers.sandbox`, and what a file is to `parsers.kinds.sniffing`.
Parser modules import heavy libraries inside their functions, so that loading the table stays light.
"""

import errno
import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from traceback import extract_tb

from domain.facts import FileFacts
from domain.kinds import Kind
from domain.notice import FormTemplate

_READ = {"annex", "track", "name", "labels", "hints"}  #: what of a template tells how a form is read
MAX_TEXT = 200_000  #: characters kept of a file's text (FileFacts.text)

#: Modules of this package that register a parser. Adding a kind is one file and its line here.
MODULES = ("word", "word_legacy", "encrypted", "odt", "rtf", "html", "plain", "pdf", "image", "ofd", "video")

#: Errors of this machine, which are no fault of the file: they rise.
_OURS = frozenset(
    (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.EACCES, errno.EPERM)
)
#: How C++ libraries (onnxruntime, OpenCV) say that memory is out.
_OUT_OF_MEMORY = ("bad_alloc", "bad allocation", "Insufficient memory", "Failed to allocate")
#: Types that more likely mean a mistake in a reader than a broken file: staff look, no applicant is blamed.
_MISTAKES = (AttributeError, NameError, TypeError, AssertionError, NotImplementedError)


@dataclass(frozen=True)
class ReadJob:
    """What a parser may know beside the file's bytes."""

    kind: Kind
    out: Path  #: directory for derived pictures, each under its sha256, no extension
    templates: tuple[FormTemplate, ...]
    commitment: str  #: the sentence of 单位意见
    passwords: tuple[str, ...] = ()  #: given in the mail, tried on encrypted files
    year: int = 0  #: of the call


Read = Callable[[Path, ReadJob], FileFacts]


@dataclass(frozen=True)
class Parser:
    """A registered reader of some kinds of file."""

    name: str
    version: int  #: raised whenever the same bytes may give other facts
    kinds: tuple[Kind, ...]
    read: Read


_parsers: dict[Kind, Parser] = {}


def parser(name: str, *, kinds: Collection[Kind], version: int = 1) -> Callable[[Read], Read]:
    """Register the decorated `read(path, job) -> FileFacts` for kinds of file. A kind has one parser."""

    def register(read: Read) -> Read:
        for kind in kinds:
            holder = _parsers.get(kind)
            if holder is not None and holder.name != name:
                raise ValueError(f"{kind} is read by {holder.name} already; give {name} another kind")
            _parsers[kind] = Parser(name, version, tuple(kinds), read)
        return read

    return register


def parser_for(kind: Kind) -> Parser | None:
    """Return the parser of a kind, or None where there is nothing to read in it."""
    load()
    return _parsers.get(kind)


@cache
def load() -> None:
    """Load every reader and its libraries. Raises whatever a library raises that does not load."""
    for name in MODULES:
        import_module(f"parsers.{name}")


def facts_version(parser: Parser, templates: Collection[FormTemplate], commitment: str) -> str:
    """Return the key under which facts are kept beside sha256 and parser: "3-1a2b3c4d".

    Facts are a function of the bytes and of the form templates, so the templates are part of it.
    """
    digest = hashlib.sha256(commitment.encode())
    for template in templates:
        digest.update(template.model_dump_json(include=_READ).encode())
    return f"{parser.version}-{digest.hexdigest()[:8]}"


def read_file(path: Path, job: ReadJob) -> FileFacts:
    """Return what one file tells, read in this process. Bad input never raises: it comes back as `problem`.

    Raises OSError when this machine fails (disk full, file missing), ImportError when a library is missing.
    """
    reader = parser_for(job.kind)
    if reader is None:
        return failed(job.kind, "empty" if job.kind is Kind.EMPTY else "unsupported", "")
    try:
        facts = reader.read(path, job)
    except ImportError:
        raise
    except Exception as error:  # libraries raise anything on a hostile file
        if _is_ours(error, path):
            raise
        return failed(job.kind, _problem(error), _place(error))
    return facts.model_copy(
        update={"parser": reader.name, "version": reader.version, "text": facts.text[:MAX_TEXT]},
    )


def failed(kind: Kind, problem: str, detail: str) -> FileFacts:
    """Return the facts of a file that could not be read. `detail` is one English line, nothing personal."""
    reader = parser_for(kind)
    name, version = (reader.name, reader.version) if reader else ("none", 0)
    return FileFacts(parser=name, version=version, problem=problem, detail=detail)


def _is_ours(error: Exception, path: Path) -> bool:
    if not isinstance(error, OSError):
        return False
    return error.errno in _OURS or (error.errno == errno.ENOENT and str(error.filename) == str(path))


def _problem(error: Exception) -> str:
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return "memory"
    if any(word in str(error) for word in _OUT_OF_MEMORY):
        return "memory"
    return "crashed" if isinstance(error, _MISTAKES) else "corrupt"


def _place(error: BaseException) -> str:
    """Return where an error rose, without its message, which may quote the file."""
    frames = extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
