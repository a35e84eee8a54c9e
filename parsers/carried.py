"""In charge of every file of a mail at whatever depth: told apart by content, named, archives and nested mail opened.

Depth, number and bytes are limited across the whole mail. Leaves unpacking to `archive` and `tnef`, one message to `letter`.
"""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from PIL import Image, UnidentifiedImageError

from domain.kinds import ARCHIVES, Kind
from domain.mail import ArchiveProblem, Link, Part
from domain.notice import Limits
from parsers.filenames import FileName, distinct, safe_name, suffix_for
from parsers.kinds import sniff
from parsers.letter import Carried, Letter, read_letter
from parsers.links import find_links
from parsers.passwords import passwords_in
from parsers.transfer import Blob

#: Signatures that programs check and nobody reads.
_SIGNATURES = frozenset({
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/pgp-encrypted",
})  # fmt: skip
_JUNK = ("__MACOSX/", "Thumbs.db", ".DS_Store", "desktop.ini")


class _Member(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def size(self) -> int: ...
    @property
    def sha256(self) -> str: ...


@dataclass(frozen=True)
class _Place:
    """Where a file is: path prefix ("材料.zip/"), how many archives and messages it is inside."""

    prefix: str = ""
    archives: int = 0
    messages: int = 0
    passwords: tuple[str, ...] = ()


@dataclass
class Hold:
    """What a mail carries, gathered file by file."""

    out: Path
    limits: Limits
    parts: list[Part] = field(default_factory=list)
    problems: list[ArchiveProblem] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    exact: bool = True
    _taken: set[str] = field(default_factory=set)
    _unpacked_bytes: int = 0
    _unpacked_files: int = 0

    def load(self, letter: Letter, place: _Place | None = None) -> None:
        """Take in a message's links and files, and whatever those hold."""
        place = place or _Place()
        html, text = letter.linked()
        self.links += find_links(html, text)
        self.exact = self.exact and letter.exact
        given = passwords_in("\n".join([letter.text, letter.quoted if letter.forwarded else ""]))
        inner = _Place(place.prefix, place.archives, place.messages, (*given, *place.passwords))
        if letter.skipped:
            self.defects.append("parts beyond the limits were left out")
        for number, carried in enumerate(letter.files, 1):
            self._take(carried, number, inner, opened=not letter.is_report)

    def _take(self, carried: Carried, number: int, place: _Place, *, opened: bool = True) -> None:
        kind, media_type = sniff(carried.blob.path)
        if carried.is_message and kind not in ARCHIVES:
            kind, media_type = Kind.MESSAGE, "message/rfc822"
        name = safe_name(carried.name.text) or f"附件{number}{suffix_for(kind, media_type)}"
        path = distinct(place.prefix + name, self._taken)
        inline = carried.inline or bool(carried.content_id)
        self.parts.append(
            Part(
                path=path,
                filename=path.removeprefix(place.prefix),
                original_name=carried.name.text,
                declared_type=carried.declared_type,
                kind=kind,
                media_type=media_type,
                sha256=carried.blob.sha256,
                size=carried.blob.size,
                inline=inline,
                decoration=carried.declared_type in _SIGNATURES or _is_decoration(kind, carried, inline=inline),
            )
        )
        if opened:
            self._open(kind, carried.blob, path, place)

    def _open(self, kind: Kind, blob: Blob, path: str, place: _Place) -> None:
        if kind in ARCHIVES:
            self._open_archive(kind, blob, path, place)
        elif kind is Kind.TNEF:
            from parsers.tnef import unpack_tnef

            self._members(unpack_tnef(blob.path, self.out).members, path, place)
        elif kind is Kind.MESSAGE:
            self._open_message(blob, path, place)

    def _open_message(self, blob: Blob, path: str, place: _Place) -> None:
        if place.messages >= self.limits.max_depth:
            self.defects.append("messages are nested too deep")
            return
        letter = read_letter(blob.path, self.out, self.limits)
        self.load(letter, _Place(f"{path}/", place.archives, place.messages + 1, place.passwords))

    def _open_archive(self, kind: Kind, blob: Blob, path: str, place: _Place) -> None:
        from parsers.archive import unpack

        if place.archives >= self.limits.archive_depth:
            self.problems.append(ArchiveProblem(path=path, problem="bomb", detail="archives are nested too deep"))
            return
        left = self.limits.model_copy(
            update={
                "archive_bytes": max(0, self.limits.archive_bytes - self._unpacked_bytes),
                "archive_files": max(0, self.limits.archive_files - self._unpacked_files),
            }
        )
        unpacked = unpack(blob.path, kind, self.out, left, place.passwords)
        self._unpacked_bytes += sum(member.size for member in unpacked.members)
        self._unpacked_files += len(unpacked.members)
        self.problems += [
            problem.model_copy(update={"path": path if problem.path in ("", ".") else f"{path}/{problem.path}"})
            for problem in unpacked.problems
        ]
        self._members(unpacked.members, path, place)

    def _members(self, members: Iterable[_Member], path: str, place: _Place) -> None:
        for number, member in enumerate(members, 1):
            *folders, name = member.name.replace("\\", "/").split("/")
            if name.startswith(("._", "~$")) or any(junk in member.name for junk in _JUNK):
                continue
            prefix = "/".join([path, *filter(None, map(safe_name, folders))]) + "/"
            blob = Blob(member.path, member.sha256, member.size)
            inside = _Place(prefix, place.archives + 1, place.messages, place.passwords)
            self._take(Carried(FileName(name), blob), number, inside)


def _is_decoration(kind: Kind, carried: Carried, *, inline: bool) -> bool:
    """Tell signature logos, emoticons and tracking pixels from a form photographed into the text (T62, T72).

    Only pictures of the text count; one that is small on paper, thin as a banner or of icon size is decoration.
    """
    if kind is not Kind.IMAGE:
        return False
    size = _pixels(carried.blob.path)
    if size and max(size) <= 3:
        return True
    if not inline:
        return False
    if not size:
        return carried.blob.size < 8 * 1024
    short, long = sorted(size)
    banner = short <= 260 and long >= 2.2 * short and carried.blob.size < 200 * 1024
    return long <= 320 or short <= 120 or banner or (long <= 480 and carried.blob.size < 40 * 1024)


def _pixels(path: Path) -> tuple[int, int] | None:
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as picture:
            return picture.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
