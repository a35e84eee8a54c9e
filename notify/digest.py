"""In charge of the daily digest for staff: HTML that mail programs show as it is meant, plain text, the workbook with it."""

import tempfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from domain.kinds import OutboxState
from domain.notice import Notice
from domain.records import Letter
from domain.value import Value
from notify.digest_figures import Digest, gather
from notify.figures import moment
from notify.letters import Draft, Enclosure, PostOffice, seal
from notify.pages import render
from notify.progress import GROUPS
from notify.quoting import quote
from notify.thread import Thread
from notify.workbook import write_workbook
from store.desk import Store

HTML_LIMIT = 102 * 1024  #: bytes; larger letters are cut by mail programs
_WIDTH = 760  #: pixels
_TOO_LONG = timedelta(hours=2)  #: without a poll, or for a mail to wait
_ROWS = (40, 20, 10, 5)  #: rows a list shows; fewer where the letter would be too large


def compose_digest(
    store: Store,
    notice: Notice,
    day: date,
    now: datetime,
    post: PostOffice,
    *,
    recipient: str = "",
    discrepancies: tuple[str, ...] | None = None,
) -> Letter:
    """Return the digest of a day (Beijing) for one reader; without a recipient it goes to the call's own mailbox.

    `discrepancies` is what `Store.verify` found, None where it was not run. ValueError for a recipient that is no address.
    """
    found = gather(store, notice, day, now, discrepancies)
    draft = Draft(
        kind="digest",
        key=f"digest:{day}" + (f":{recipient.lower()}" if recipient else ""),
        subject=_subject(found),
        text=_render("digest.txt.j2", found, notice, now, _ROWS[0]),
        html=_fitting_html(found, notice, now),
        enclosures=(Enclosure(name=f"收件情况{day}.xlsx", data=_workbook(store, notice)),),
    )
    return seal(draft, Thread.to(recipient or notice.mailbox), post, auto="auto-generated")


def _subject(found: Digest) -> str:
    counts = found.day_counts
    return f"【收件日报】{found.day} 来信 {counts.arrived} 封，新增案例 {counts.opened} 件，待人工处理 {len(found.attention)} 件"


def _render(template: str, found: Digest, notice: Notice, now: datetime, rows: int) -> str:
    return render(
        template,
        digest=found,
        notice=notice,
        now=now,
        rows=rows,
        groups=GROUPS,
        width=_WIDTH,
        status=tuple(_status(found, now)),
    )


class _Line(Value):
    """One line about the system itself."""

    text: str
    bad: bool = False


def _status(found: Digest, now: datetime) -> Iterator[_Line]:
    """Give the lines about the system: the last poll, whether the numbers add up, what `verify` said."""
    yield _poll_line(found, now)
    counts = found.day_counts
    waiting, broken = found.state("archived") + found.state("read"), found.state("quarantined")
    figures = f"已处理 {found.state('decided')} 封，待处理 {waiting} 封，读取失败 {broken} 封"
    yield _Line(text=f"存档核对：共 {found.archived} 封，{figures}。", bad=broken > 0)
    if counts.waiting_since and now - counts.waiting_since > _TOO_LONG:
        yield _Line(text=f"有来信自{moment(counts.waiting_since)}起尚未处理，请检查程序是否正常运行。", bad=True)
    queued, held = (counts.letters.get(state, 0) for state in (OutboxState.QUEUED, OutboxState.HELD))
    yield _Line(text=f"待发送回复 {queued} 封，暂缓等待人工确认 {held} 封。", bad=held > 0)
    if found.discrepancies is not None:
        yield _Line(text=f"档案、记录与发件核对：{len(found.discrepancies)} 处差异。", bad=bool(found.discrepancies))
        yield from (_Line(text=f"· {quote(line, 120)}", bad=True) for line in found.discrepancies[:5])


def _poll_line(found: Digest, now: datetime) -> _Line:
    poll = found.poll
    if poll is None:
        return _Line(text="尚未收取过邮箱。", bad=True)
    told = f"最近一次收取邮箱：{moment(poll.finished_at)}"
    if not poll.ok:
        return _Line(text=f"{told}，未成功（{quote(poll.error, 100)}）。", bad=True)
    late = now - poll.finished_at > _TOO_LONG
    warning = "，距今已超过 2 小时，请检查" if late else ""
    return _Line(text=f"{told}，查看邮件 {poll.seen} 封，新收 {poll.new} 封{warning}。", bad=late)


def _fitting_html(found: Digest, notice: Notice, now: datetime) -> str:
    """Return the HTML with as many rows as fit; what is left out stands in the workbook."""
    for rows in _ROWS:
        html = _render("digest.html.j2", found, notice, now, rows)
        if len(html.encode()) <= HTML_LIMIT:
            break
    return html


def _workbook(store: Store, notice: Notice) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.xlsx"
        write_workbook(store, notice, path)
        return path.read_bytes()
