"""In charge of the note that stands in the archive where a mail would: files from behind a link, brought for one case.

The files are judged as if the mail of the link had carried them: same sender, same words, same arrival. So a video that staff
download after the last day is not late, and the letter about it continues the applicant's own thread.
"""

from contextlib import ExitStack
from pathlib import Path

from daemon.roles import Placed
from domain.case import Reading
from domain.mail import Fetched, Link, Mail, Part
from domain.notice import Limits
from domain.records import Arrival, CaseRecord, MessageRecord
from domain.text import fold, one_line
from domain.value import Value
from parsers.fetched import Loose, Opened, open_files
from parsers.message.passwords import passwords_in
from parsers.sandbox import Sandbox
from store.desk import Store
from store.materials import NEWEST_COUNTS

SOURCE = "fetched"  #: of the arrival; its folder is the case number
_SIZES_MEET = 0.02  #: a size told as 80.96M is rounded


class FetchedFile(Value):
    """A file that was brought; its bytes are in the archive."""

    name: str
    sha256: str
    size: int  #: bytes


class FetchNote(Value):
    """Which files were brought for which case. Its bytes are its identity: the same files are brought once."""

    number: str
    files: tuple[FetchedFile, ...]


def enter(note: FetchNote, record: CaseRecord, store: Store) -> Arrival:
    """Archive a note and return its arrival, which is that of the mail whose link it opens. LookupError without such a mail."""
    origin, _ = origin_of(record, store)
    raw = note.model_dump_json().encode()
    sha256 = store.archive.add_bytes(raw)
    return Arrival(
        account=SOURCE,
        folder=note.number,
        uidvalidity=1,
        uid=int(sha256[:16], 16) >> 1,
        sha256=sha256,
        size=len(raw),
        received_at=origin.received_at,
        source=SOURCE,
        reply=origin.reply,
    )


def mail_of(sha256: str, store: Store, sandbox: Sandbox, limits: Limits, out: Path) -> Mail:
    """Return a note as the mail of the link, with the files in the link's place; contents of archives go to `out`.

    Raises LookupError when the case is gone, ReadFailed when the files cannot be opened within the limits.
    """
    raw = store.archive.path(sha256).read_bytes()
    note = FetchNote.model_validate_json(raw)
    record = store.case(note.number)
    if record is None:
        raise LookupError(f"no case {note.number}")
    _, mail = origin_of(record, store)
    with ExitStack() as stack:
        loose = [
            _loose(file, stack.enter_context(sandbox.lent(store.archive.path(file.sha256)))) for file in note.files
        ]
        words = passwords_in(mail.text)
        opened: Opened = sandbox.run(open_files, loose, out, limits, words, seconds=limits.mail_seconds)
    return _carrying(mail, sha256, len(raw), opened).model_copy(
        update={"fetched": Fetched(number=note.number, urls=opened_urls(record.case.awaited, note.files))}
    )


def origin_of(record: CaseRecord, store: Store) -> tuple[MessageRecord, Mail]:
    """Return the mail whose link waits: the first that brought one; else the first mail of the case. LookupError without any."""
    waiting = {link.url for link in record.case.awaited}
    mails = [mail for sha256 in record.messages if (mail := store.mail(sha256)) and not mail.fetched]
    linking = [mail for mail in mails if waiting & {link.url for link in mail.links}]
    for mail in (*linking, *mails):
        if message := store.message(mail.sha256):
            return message, mail
    raise LookupError(f"case {record.case.number} has no mail")


def is_outdated(item: Placed, record: CaseRecord, reading: Reading) -> bool:
    """Tell whether a later mail than the link's brought a newer file for the same role: then the newer one counts."""
    held = (m for m in record.case.of(item.role) if item.role in NEWEST_COUNTS)
    return any(material.received_at > reading.received_at for material in held)


def names(mail: Mail) -> str:
    """Return the names of the files brought, for a line of history."""
    return "、".join(one_line(part.filename) for part in mail.parts if "/" not in part.path)


def _loose(file: FetchedFile, path: Path) -> Loose:
    return Loose(path=path, name=file.name, sha256=file.sha256, size=file.size)


def _carrying(mail: Mail, sha256: str, size: int, opened: Opened) -> Mail:
    """Return the mail of the link as if the files had come with it; what was particular to its own bytes is left out."""
    earlier = (*mail.references, mail.message_id) if mail.message_id else mail.references
    kept = {"from_", "sender", "reply_to", "to", "cc", "return_path", "subject", "text", "sent_at", "relayed_at"}
    return Mail(
        **{name: value for name, value in mail if name in kept},
        sha256=sha256,
        size=size,
        references=earlier,
        media_type="multipart/mixed",
        parts=_as_materials(opened.parts),
        archive_problems=opened.problems,
    )


def _as_materials(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return parts as materials: a small picture behind a link is no signature's decoration."""
    return tuple(part.model_copy(update={"decoration": False}) for part in parts)


def opened_urls(links: tuple[Link, ...], files: tuple[FetchedFile, ...]) -> tuple[str, ...]:
    """Return which links the files came from: told by name or size, else in order, a file a link."""
    waiting, loose = list(links), []
    opened = []
    for file in files:
        found = next((link for link in waiting if _leads_to(link, file)), None)
        if found is None:
            loose.append(file)
        else:
            waiting.remove(found)
            opened.append(found.url)
    return (*opened, *(link.url for link, _ in zip(waiting, loose, strict=False)))


def _leads_to(link: Link, file: FetchedFile) -> bool:
    same_name = bool(link.name) and fold(link.name or "") == fold(file.name)
    return same_name or (link.size is not None and abs(link.size - file.size) <= _SIZES_MEET * file.size)
