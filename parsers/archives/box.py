"""In charge of what comes out of an archive: counted against the limits while it streams, kept under its sha256.

Leaves the formats to `archives.zip_members`, `archives.tar`, `archives.sevenzip`, `archives.rar` and `archives.tnef`. Names are made safe here and never become paths.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import TracebackType
from typing import Self

from domain.mail import ArchiveProblem
from domain.notice import Limits
from parsers.message.filenames import safe_name

RATIO_FLOOR = 64 * 1024 * 1024  #: below so many bytes unpacked no ratio is suspicious: a blank bitmap packs 1:1000
_MOST_PROBLEMS = 20  #: told of one archive
_DEEPEST = 8  #: folders of a name that are kept
_NAMELESS = "无名文件"
_JUNK = re.compile(
    r"(?:^|/)(?:__MACOSX(?:/|$)|\._|~\$|~WRL\d+\.tmp$|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\.~lock\.|\.git/|\.svn/)",
    re.IGNORECASE,
)


class Refused(Exception):
    """The archive as a whole goes no further: bomb, too_many, volume, encrypted, unsupported or corrupt."""

    def __init__(self, problem: str, detail: str = "") -> None:
        super().__init__(f"{problem}: {detail}" if detail else problem)
        self.problem = problem
        self.detail = detail


@dataclass(frozen=True)
class Member:
    """One file out of an archive."""

    name: str  #: decoded, "/" between folders, every part of it safe
    path: Path  #: where its bytes are: out/<sha256>
    size: int
    sha256: str


@dataclass(frozen=True)
class Unpacked:
    """What an archive held. `problems` have "" as path where the whole archive is meant, else the member's name."""

    members: tuple[Member, ...] = ()
    problems: tuple[ArchiveProblem, ...] = ()


def safe_path(name: str) -> str:
    """Return a member's name with "/" between safe parts: no root, no "..", no drive, no control characters."""
    parts = [safe_name(part) for part in name.replace("\\", "/").split("/") if part.strip(" .")]
    return "/".join([part for part in parts if part][-_DEEPEST:]) or _NAMELESS


def is_junk(name: str) -> bool:
    """Tell leavings of systems and programs: __MACOSX, ._x, .DS_Store, Thumbs.db, ~$x.docx (research §5)."""
    return bool(_JUNK.search(name.replace("\\", "/")))


class Box:
    """Collects one archive's members. Raises Refused as soon as a limit is passed."""

    def __init__(self, out: Path, limits: Limits, packed: int) -> None:
        """`packed`: size of the archive in bytes, for the ratio."""
        self._out = out
        self._limits = limits
        self._packed = max(packed, 1)
        self._kept = 0
        self._read = 0
        self._files = 0
        self._members: list[Member] = []
        self._problems: list[ArchiveProblem] = []

    def keep(self, name: str, pieces: Iterable[bytes]) -> None:
        """Keep a file that comes in pieces. What raises on the way leaves nothing behind."""
        with self.writer(name) as writer:
            for piece in pieces:
                writer.write(piece)

    def writer(self, name: str) -> "Writer":
        """Return a writer for one file, a context manager; the file counts when it is left without an error."""
        self._files += 1
        if self._files > self._limits.archive_files:
            raise Refused("too_many", f"over {self._limits.archive_files} files")
        return Writer(self, safe_path(name), self._out)

    def count_kept(self, size: int) -> None:
        """Count bytes of a member. Raises Refused."""
        self._kept += size
        self._check(self._kept)

    def take_back(self, size: int) -> None:
        """Uncount a member of `size` bytes that was not kept after all: a wrong password must cost nothing."""
        self._kept -= size
        self._files -= 1

    def count_read(self, size: int) -> None:
        """Count bytes that a packed stream gave, kept or passed over. Raises Refused."""
        self._read += size
        self._check(self._read)

    def _check(self, total: int) -> None:
        if total > self._limits.archive_bytes:
            raise Refused("bomb", f"over {self._limits.archive_bytes} bytes")
        if total > RATIO_FLOOR and total > self._packed * self._limits.archive_ratio:
            raise Refused("bomb", f"unpacks to over {self._limits.archive_ratio} times its size")

    def note(self, name: str, problem: str, detail: str = "") -> None:
        """Record that a member ("": the archive) could not be unpacked."""
        if len(self._problems) < _MOST_PROBLEMS:
            path = safe_path(name) if name else ""
            self._problems.append(ArchiveProblem(path=path, problem=problem, detail=detail))

    def add(self, member: Member) -> None:
        """Add a finished member."""
        self._members.append(member)

    def unpacked(self) -> Unpacked:
        """Return what was collected."""
        return Unpacked(tuple(self._members), tuple(self._problems))


class Writer:
    """Writes one member to a temporary file of `out`, renamed to its sha256 at the end."""

    def __init__(self, box: Box, name: str, out: Path) -> None:
        self._box = box
        self._name = name
        self._digest = hashlib.sha256()
        self._size = 0
        self._file = NamedTemporaryFile(dir=out, suffix=".part", delete=False)  # noqa: SIM115 - closed by finish, drop
        self._path = Path(self._file.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.finish()
        else:
            self.drop()

    def write(self, piece: bytes) -> int:
        """Write, after counting. Raises Refused."""
        self._box.count_kept(len(piece))
        self._digest.update(piece)
        self._size += len(piece)
        return self._file.write(piece)

    def close(self) -> None:
        """Give the open file back; `finish` or `drop` must follow."""
        self._file.close()

    def finish(self) -> None:
        """Keep what was written as a member."""
        self._file.close()
        name = self._digest.hexdigest()
        path = self._path.replace(self._path.with_name(name))
        self._box.add(Member(self._name, path, self._size, name))

    def drop(self) -> None:
        """Leave nothing behind."""
        self._file.close()
        self._path.unlink(missing_ok=True)
        self._box.take_back(self._size)


class Shelf:
    """Writers of one attempt at an archive: kept all together, or none. A context manager; an error drops all."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._writers: list[Writer] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers:
            if kind is None:
                writer.finish()
            else:
                writer.drop()

    def writer(self, name: str) -> Writer:
        """Return a writer for one more file."""
        writer = self._box.writer(name)
        self._writers.append(writer)
        return writer
