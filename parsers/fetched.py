"""In charge of files that came by themselves, from behind a link: told apart, named and opened as if a mail had carried them.

Leaves all of that to `message.carried`; knows no mail.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

from domain.mail import ArchiveProblem, Part
from domain.notice import Limits
from domain.value import Value
from parsers.message.carried import Hold
from parsers.message.filenames import FileName
from parsers.message.letter import Carried
from parsers.message.transfer import Blob


class Loose(Value):
    """A file with its name as found; it is named in no mail."""

    path: Path
    name: str
    sha256: str
    size: int  #: bytes


class Opened(Value):
    """What the files turned out to be, archives and their contents in turn."""

    parts: tuple[Part, ...] = ()
    problems: tuple[ArchiveProblem, ...] = ()


def open_files(
    files: Sequence[Loose], out: Path, limits: Limits, passwords: tuple[str, ...] = (), taken: Collection[str] = ()
) -> Opened:
    """Return files as parts, first of all themselves; what archives hold is written to out/<sha256>.

    `taken`: paths that no part gets. Never raises for what a file holds.
    """
    hold = Hold(out, limits, taken=set(taken))
    hold.bring([Carried(FileName(file.name), Blob(file.path, file.sha256, file.size)) for file in files], passwords)
    return Opened(parts=tuple(hold.parts), problems=tuple(hold.problems))
