"""In charge of every file of a mail at whatever depth: told apart by content, named, archives and nested mail opened.

Depth, number and bytes are limited across the whole mail. Leaves unpacking to `archive` and `archives.tnef`, one message to `message.letter`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from domain.kinds import ARCHIVES, Kind
from domain.mail import ArchiveProblem, Link, Part
from domain.notice import Limits
from parsers.archive import Member, Unpacked, unpack
from parsers.archives.box import RATIO_FLOOR
from parsers.archives.tnef import unpack_tnef
from parsers.archives.volumes import put_together
from parsers.kinds.sniffing import sniff
from parsers.links.finding import find_links
from parsers.message.body import decode_body, html_to_text
from parsers.message.decoration import is_decoration
from parsers.message.filenames import FileName, distinct, safe_name, suffix_for
from parsers.message.letter import MAX_BODY, Carried, Letter, read_letter
from parsers.message.passwords import passwords_in
from parsers.message.transfer import Blob

_TNEF_BODIES = frozenset({"message.html", "message.txt"})


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
    texts: list[str] = field(default_factory=list)  #: the mail's words where Outlook hid them in winmail.dat
    exact: bool = True
    taken: set[str] = field(default_factory=set)  #: paths that no file gets any more
    _sent_bytes: int = 0  #: of files as they came, before any archive was opened
    _unpacked_bytes: int = 0
    _unpacked_files: int = 0

    def load(self, letter: Letter, place: _Place | None = None) -> None:
        """Take in a message's links and files, and whatever those hold."""
        place = place or _Place()
        self.links += letter.links()
        self.exact = self.exact and letter.exact
        given = passwords_in("\n".join([letter.text, letter.quoted if letter.forwarded else ""]))
        inner = _Place(place.prefix, place.archives, place.messages, (*given, *place.passwords))
        if letter.skipped:
            self.defects.append("parts beyond the limits were left out")
        shown = [replace(each, inline=each.inline or each.content_id in letter.shown) for each in letter.files]
        self._take_all([(carried, inner) for carried in shown], opened=not letter.is_report)

    def bring(self, files: Sequence[Carried], passwords: tuple[str, ...] = ()) -> None:
        """Take in files that no message carried, and whatever they hold."""
        place = _Place(passwords=passwords)
        self._take_all([(carried, place) for carried in files])

    def _take_all(self, files: Sequence[tuple[Carried, _Place]], *, opened: bool = True) -> None:
        """Take in files that came side by side; archives that lie there in pieces are opened as wholes, last."""
        beside: dict[_Place, list[Carried]] = {}
        for carried, place in files if opened else ():
            beside.setdefault(place, []).append(carried)
        together = {place: put_together(each, self.out, self._most()) for place, each in beside.items()}
        paths: dict[tuple[str, _Place], str] = {}
        for number, (carried, place) in enumerate(files, 1):
            whole = opened and carried.blob.sha256 not in together[place].pieces
            paths.setdefault((carried.blob.sha256, place), self._take(carried, number, place, opened=whole))
        for place, found in together.items():
            for number, carried in enumerate(found.whole, len(files) + 1):
                self._take(carried, number, place)
            self.problems += [ArchiveProblem(path=place.prefix + name, problem="unsupported") for name in found.unfit]
            self.problems += [
                ArchiveProblem(path=paths[piece.carried.blob.sha256, place], problem="volume", volume=piece.volume)
                for piece in found.left
            ]

    def _most(self) -> int:
        """Return how many bytes the limits leave after the archives opened before."""
        return max(0, self.limits.archive_bytes - self._unpacked_bytes)

    def _take(self, carried: Carried, number: int, place: _Place, *, opened: bool = True) -> str:
        """Take in a file, and what it holds where it is to be opened; return its path."""
        kind, media_type = sniff(carried.blob.path)
        if carried.is_message and kind not in ARCHIVES:
            kind, media_type = Kind.MESSAGE, "message/rfc822"
        if not place.archives and not place.messages:
            self._sent_bytes += carried.blob.size
        name = safe_name(carried.name.text) or f"附件{number}{suffix_for(kind, media_type)}"
        path = distinct(place.prefix + name, self.taken)
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
                inline=carried.inline,
                decoration=is_decoration(carried.blob.path, kind, carried.declared_type, inline=carried.inline),
            )
        )
        if opened:
            self._open(kind, carried.blob, path, place)
        return path

    def _open(self, kind: Kind, blob: Blob, path: str, place: _Place) -> None:
        if kind in ARCHIVES or kind is Kind.TNEF:
            self._open_archive(kind, blob, path, place)
        elif kind is Kind.MESSAGE:
            self._open_message(blob, path, place)

    def _open_message(self, blob: Blob, path: str, place: _Place) -> None:
        if place.messages >= self.limits.max_depth:
            self.defects.append("messages are nested too deep")
            return
        letter = read_letter(blob.path, self.out, self.limits)
        self.load(letter, _Place(f"{path}/", place.archives, place.messages + 1, place.passwords))

    def _open_archive(self, kind: Kind, blob: Blob, path: str, place: _Place) -> None:
        if place.archives >= self.limits.archive_depth:
            self.problems.append(ArchiveProblem(path=path, problem="bomb", detail="archives are nested too deep"))
            return
        unpacked = self._unpacked(kind, blob, place)
        self._unpacked_bytes += sum(member.size for member in unpacked.members)
        self._unpacked_files += len(unpacked.members)
        self.problems += [
            problem.model_copy(update={"path": f"{path}/{problem.path}" if problem.path else path})
            for problem in unpacked.problems
        ]
        words = _TNEF_BODIES if kind is Kind.TNEF else frozenset()
        self._take_all([_inside(member, path, place) for member in unpacked.members if member.name not in words])
        for body in (member for member in unpacked.members if member.name in words):
            self._tell(body)

    def _unpacked(self, kind: Kind, blob: Blob, place: _Place) -> Unpacked:
        """Unpack within what the limits leave after the archives opened before.

        The ratio holds for the mail as a whole too: archives of archives, each harmless alone, are one bomb together.
        """
        in_proportion = max(RATIO_FLOOR, self._sent_bytes * self.limits.archive_ratio) - self._unpacked_bytes
        left = self.limits.model_copy(
            update={
                "archive_bytes": max(0, min(self._most(), in_proportion)),
                "archive_files": max(0, self.limits.archive_files - self._unpacked_files),
            }
        )
        if kind is Kind.TNEF:
            return unpack_tnef(blob.path, self.out, left)
        return unpack(blob.path, kind, self.out, left, place.passwords)

    def _tell(self, member: Member) -> None:
        """Take Outlook's own copy of the text out of winmail.dat: words, not a file."""
        html = member.name.endswith(".html")
        with member.path.open("rb") as file:
            decoded = decode_body(file.read(MAX_BODY), "", html=html)
        self.links += find_links(decoded.text, "") if html else find_links("", decoded.text)
        self.texts.append(html_to_text(decoded.text) if html else decoded.text.strip())


def _inside(member: Member, path: str, place: _Place) -> tuple[Carried, _Place]:
    """Return a member of the archive at `path` as a file, and where that is."""
    *folders, name = member.name.split("/")
    prefix = "/".join([path, *filter(None, map(safe_name, folders))]) + "/"
    inside = _Place(prefix, place.archives + 1, place.messages, place.passwords)
    return Carried(FileName(name), Blob(member.path, member.sha256, member.size)), inside
