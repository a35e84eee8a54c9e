"""In charge of reading an archived message: its mail, its subject, the facts of its files. What was read before is not read again."""

from pathlib import Path

from daemon import fetch_note
from daemon.desk import Desk
from domain.case import Reading
from domain.facts import FileFacts
from domain.kinds import Kind
from domain.mail import Mail, Part
from domain.notice import Notice
from domain.records import Claimed
from domain.text import fold
from notify.guards import Silence, silence
from parsers.message.passwords import passwords_in
from parsers.registry import ReadJob, facts_version, failed, parser_for
from parsers.subject import read_subject

_LABELS_OF_A_FORM = 6  #: so many labels of one annex in a mail's own text, and it is the form
#: Problems of this moment or of this mail's words, not of the bytes alone: tried again when the file comes again.
_PASSING = ("timeout", "memory", "crashed", "encrypted")


def read(claimed: Claimed, desk: Desk) -> Reading:
    """Return the mail and the facts of its parts; what was read before is not read again."""
    with desk.store.archive.scratch() as out:
        mail = desk.store.mail(claimed.sha256)
        if mail is None:
            mail = _opened(claimed, desk, out)
            desk.store.archive.add_all(sorted(out.iterdir()))
            desk.store.save_mail(claimed.sha256, mail)
        pictures = out / "pictures"
        pictures.mkdir(mode=0o700)
        silent = not mail.fetched and loop_guard(mail, desk) is not None
        body = None if silent or mail.fetched else _pasted_form(mail, desk)
        parts = () if silent else (*mail.parts, *((body,) if body else ()))  # what nobody answers, nobody needs to read
        return Reading(
            mail=mail,
            subject=read_subject(mail.subject),
            facts=facts_of(mail, parts, desk, pictures),
            body=body,
            received_at=claimed.received_at,
            found_in=claimed.folder,
        )


def _opened(claimed: Claimed, desk: Desk, out: Path) -> Mail:
    """Return a raw mail read; what its parts hold is written to `out`."""
    if claimed.source == fetch_note.SOURCE:
        return fetch_note.mail_of(claimed.sha256, desk.store, desk.sandbox, desk.limits, out)
    return desk.sandbox.read_mail(desk.store.archive.path(claimed.sha256), out)


def loop_guard(mail: Mail, desk: Desk) -> Silence | None:
    """Return why a mail must never be answered (RFC 3834 §2), or None."""
    return silence(mail, desk.own, desk.store.is_our_letter)


def facts_of(mail: Mail, parts: tuple[Part, ...], desk: Desk, out: Path) -> dict[str, FileFacts]:
    """Return the facts of every part, read in parallel where they are not known yet."""
    known: dict[str, FileFacts] = {}
    wanted: dict[str, tuple[Path, ReadJob]] = {}
    keys: dict[str, tuple[str, str]] = {}
    for part in parts:
        parser = parser_for(part.kind)
        if part.decoration or part.sha256 in known or part.sha256 in wanted:
            continue
        if parser is None:
            known[part.sha256] = failed(part.kind, "empty" if part.kind is Kind.EMPTY else "unsupported", "")
            continue
        key = parser.name, facts_version(parser, desk.notice.forms, desk.notice.commitment)
        if facts := desk.store.facts(part.sha256, *key):
            known[part.sha256] = facts
            continue
        keys[part.sha256] = key
        wanted[part.sha256] = desk.store.archive.path(part.sha256), _job(part.kind, mail, desk.notice, out)
    for sha256, facts in zip(wanted, desk.sandbox.read_files(list(wanted.values())), strict=True):
        known[sha256] = facts
        if facts.problem not in _PASSING:
            desk.store.archive.add_all(out / picture for picture in facts.derived)
            desk.store.save_facts(sha256, *keys[sha256], facts)
    return known


def _job(kind: Kind, mail: Mail, notice: Notice, out: Path) -> ReadJob:
    return ReadJob(
        kind=kind,
        out=out,
        templates=notice.forms,
        commitment=notice.commitment,
        passwords=passwords_in(mail.text),
        year=notice.year,
    )


def _pasted_form(mail: Mail, desk: Desk) -> Part | None:
    """Return a mail's text as a file where it looks like a form filled in the mail itself, else None."""
    folded = fold(mail.text)
    labels = max(
        (
            sum(any(fold(name) in folded for name in names) for names in form.labels.values())
            for form in desk.notice.forms
        ),
        default=0,
    )
    if labels < _LABELS_OF_A_FORM:
        return None
    data = mail.text.encode()
    return Part(
        path="邮件正文",
        filename="邮件正文.txt",
        kind=Kind.TEXT,
        media_type="text/plain",
        sha256=desk.store.archive.add_bytes(data),
        size=len(data),
    )
