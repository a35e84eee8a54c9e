"""In charge of what the digest tells of the system itself: the last poll, and whether mail, ledger, outcomes and replies agree."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.kinds import OutboxState
from domain.notice import Notice
from domain.value import Value
from notify.figures import moment
from notify.quoting import quote
from notify.thread import Thread
from store.desk import Store
from store.reconciling import Reckoning
from store.values import Counts, PollRecord

_TOO_LONG = timedelta(hours=2)  #: without a poll, or for a mail to wait
_LISTED = 5  #: differences told one by one


class Books(Value):
    """Mail followed from the server to its answer."""

    poll: PollRecord | None
    reckoning: Reckoning
    forgotten: tuple[str, ...]  #: messages that should have been answered and were not: sha256
    discrepancies: tuple[str, ...] | None  #: None: `verify` was not run

    @property
    def lost(self) -> int:
        """Mails the server showed at the last poll and the ledger does not have."""
        return max(0, self.poll.seen - self.reckoning.ledger) if self.poll and self.poll.ok else 0

    @property
    def differences(self) -> int:
        """All that does not agree. Without `verify`, what is missing between messages and outcomes is counted here."""
        told = self.reckoning
        unended = abs(told.messages - told.outcomes - told.open - told.quarantined - told.purged)
        return self.lost + len(self.forgotten) + (unended if self.discrepancies is None else len(self.discrepancies))


class Line(Value):
    """One line about the system itself."""

    text: str
    bad: bool = False


def keep_books(
    store: Store, notice: Notice, discrepancies: tuple[str, ...] | None, accounts: tuple[str, ...] = ()
) -> Books:
    """Return the books as they stand now; of several mailboxes together where `accounts` names them."""
    polls = [poll for account in accounts or (None,) if (poll := store.last_poll(account))]
    poll = _together(polls) if polls else None
    reckoning = store.reckoning(accounts or ((poll.account,) if poll else ()))
    return Books(
        poll=poll,
        reckoning=reckoning,
        forgotten=tuple(
            sha256 for sha256 in reckoning.unanswered if _is_answerable(store, sha256, (notice.mailbox, *accounts))
        ),
        discrepancies=discrepancies,
    )


def _together(polls: list[PollRecord]) -> PollRecord:
    """Return the last polls of several mailboxes as one, as old as the oldest of them."""
    if len(polls) == 1:
        return polls[0]
    return PollRecord(
        account="",
        started_at=min(poll.started_at for poll in polls),
        finished_at=min(poll.finished_at for poll in polls),
        ok=all(poll.ok for poll in polls),
        error="; ".join(f"{poll.account}: {poll.error}" for poll in polls if poll.error),
        seen=sum(poll.seen for poll in polls),
        new=sum(poll.new for poll in polls),
    )


def _is_answerable(store: Store, sha256: str, own: tuple[str, ...]) -> bool:
    """Tell whether a mail could have been answered: some name no address that may be."""
    mail = store.mail(sha256)
    return mail is not None and Thread.of(mail, *own) is not None


def told(books: Books, counts: Counts, now: datetime) -> Iterator[Line]:
    """Give the lines, the sum last."""
    yield _poll_line(books.poll, now)
    if counts.waiting_since and now - counts.waiting_since > _TOO_LONG:
        yield Line(text=f"有来信自{moment(counts.waiting_since)}起尚未处理，请检查程序是否正常运行。", bad=True)
    queued, held = (counts.letters.get(state, 0) for state in (OutboxState.QUEUED, OutboxState.HELD))
    yield Line(text=f"待发送回复 {queued} 封，暂缓等待人工确认 {held} 封。", bad=held > 0)
    yield _sum(books)
    if books.lost:
        yield Line(text=f"· 邮箱中有 {books.lost} 封邮件尚未取回", bad=True)
    yield from (Line(text=f"· 来信 {sha256[:12]} 应回复而未回复", bad=True) for sha256 in books.forgotten[:_LISTED])
    yield from (Line(text=f"· {quote(line, 120)}", bad=True) for line in (books.discrepancies or ())[:_LISTED])


def _sum(books: Books) -> Line:
    """Return the reconciliation in one line: server ↔ ledger ↔ outcomes ↔ replies."""
    figures = books.reckoning
    answered = figures.owed - len(figures.unanswered)
    mute = len(figures.unanswered) - len(books.forgotten)
    steps = (
        f"邮箱 {books.poll.seen if books.poll else 0} 封",
        f"台账 {figures.ledger} 条" + (f"（另有导入和下载 {figures.elsewhere} 条）" if figures.elsewhere else ""),
        f"存档来信 {figures.messages} 封",
        f"已有结论 {figures.outcomes} 封、待处理 {figures.open} 封、读取失败 {figures.quarantined} 封"
        + (f"、已清除 {figures.purged} 封" if figures.purged else ""),
        f"应回复 {figures.owed} 封、已拟回复 {answered} 封" + (f"、无法回复 {mute} 封" if mute else ""),
    )
    checked = "" if books.discrepancies is not None else "（未核验存档内容）"
    return Line(text=f"对账：{' ↔ '.join(steps)}：{books.differences} 差异{checked}。", bad=books.differences > 0)


def _poll_line(poll: PollRecord | None, now: datetime) -> Line:
    if poll is None:
        return Line(text="尚未收取过邮箱。", bad=True)
    said = f"最近一次收取邮箱：{moment(poll.finished_at)}"
    if not poll.ok:
        return Line(text=f"{said}，未成功（{quote(poll.error, 100)}）。", bad=True)
    late = now - poll.finished_at > _TOO_LONG
    warning = "，距今已超过 2 小时，请检查" if late else ""
    missed = f"，部分未取回（{quote(poll.error, 100)}）" if poll.error else ""
    return Line(
        text=f"{said}，查看邮件 {poll.seen} 封，新收 {poll.new} 封{missed}{warning}。", bad=late or bool(missed)
    )
