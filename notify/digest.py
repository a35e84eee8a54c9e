"""In charge of the daily digest for staff: HTML that mail programs show as it is meant, plain text, the workbook with it."""

import tempfile
from datetime import date, datetime
from pathlib import Path

from domain.notice import Notice
from domain.records import Letter
from domain.value import Value
from notify import books
from notify.digest_figures import Digest, gather
from notify.letters import Draft, Enclosure, Picture, PostOffice, seal
from notify.pages import render
from notify.progress import GROUPS
from notify.thread import Thread
from notify.workbook import write_workbook
from store.desk import Store

HTML_LIMIT = 102 * 1024  #: bytes; larger letters are cut by mail programs
_ANSWER = "<!-- answer -->"  #: where the HTML takes in how to answer
_WIDTH = 760  #: pixels
LOGGED = 3000  #: newest mails in the log that is mailed every morning; `export` has all
_ROWS = (40, 20, 10, 5)  #: rows a list shows; fewer where the letter would be too large


class Edition(Value):
    """A day's digest, written once for all its readers."""

    day: date
    mailbox: str  #: the call's own
    subject: str
    text: str
    html: str
    pictures: tuple[Picture, ...]
    workbook: bytes


def write_digest(
    store: Store,
    notice: Notice,
    day: date,
    now: datetime,
    discrepancies: tuple[str, ...] | None = None,
    accounts: tuple[str, ...] = (),
) -> Edition:
    """Return the digest of a day (Beijing). `discrepancies` is what `Store.verify` found, None where it was not run.

    `accounts` names the mailboxes where there are several.
    """
    found = gather(store, notice, day, now, discrepancies, accounts)
    html, pictures = _fitting_html(found, notice, now)
    return Edition(
        day=day,
        mailbox=notice.mailbox,
        subject=_subject(found, notice),
        text=_render("digest.txt.j2", found, notice, now, _ROWS[0]),
        html=html,
        pictures=pictures,
        workbook=_workbook(store, notice, found),
    )


def digest_key(day: date, recipient: str = "") -> str:
    """Return the outbox key of a day's digest for one reader."""
    return f"digest:{day}" + (f":{recipient.lower()}" if recipient else "")


def address_digest(edition: Edition, post: PostOffice, recipient: str = "", code: str = "") -> Letter:
    """Return the letter for one reader; without a recipient it goes to the call's own mailbox.

    `code` is what the reader may decide cases with by answering. ValueError for a recipient that is no address.
    """
    draft = Draft(
        kind="digest",
        key=digest_key(edition.day, recipient),
        subject=edition.subject,
        text=edition.text + (render("digest_answer.txt.j2", code=code) if code else ""),
        html=edition.html.replace(_ANSWER, render("digest_answer.html.j2", code=code) if code else ""),
        enclosures=(Enclosure(name=f"收件情况{edition.day}.xlsx", data=edition.workbook),),
        pictures=edition.pictures,
    )
    return seal(draft, Thread.to(recipient or edition.mailbox), post, auto="auto-generated")


def _subject(found: Digest, notice: Notice) -> str:
    counts = found.day_counts
    return f"【收件日报】{found.day} 来信 {counts.arrived} 封，新增{notice.words.entry} {counts.opened} 件，待人工处理 {found.waiting} 件"


def _render(template: str, found: Digest, notice: Notice, now: datetime, rows: int) -> str:
    return render(
        template,
        digest=found,
        notice=notice,
        now=now,
        rows=rows,
        groups=GROUPS,  # for digests that offices word themselves
        width=_WIDTH,
        logged=LOGGED,
        status=tuple(books.told(found.books, found.day_counts, now)),
    )


def _fitting_html(found: Digest, notice: Notice, now: datetime) -> tuple[str, tuple[Picture, ...]]:
    """Return the HTML with as many rows as fit, and the pictures in them; what is left out stands in the workbook."""
    for rows in _ROWS:
        html = _render("digest.html.j2", found, notice, now, rows)
        if len(html.encode()) <= HTML_LIMIT:
            break
    return html, tuple(entry.picture for entry in found.attention[:rows] if entry.picture)


def _workbook(store: Store, notice: Notice, found: Digest) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.xlsx"
        write_workbook(store, notice, path, units=found.progress, logged=LOGGED)
        return path.read_bytes()
