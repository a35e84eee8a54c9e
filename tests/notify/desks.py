"""A store with a day's work in it: what the digest and the workbook are tried on."""

from datetime import datetime, timedelta

from domain.case import Outcome, Verdict
from domain.kinds import Decision, Kind, MessageKind, OutboxState
from domain.mail import Address, Link, Mail
from domain.notice import SHANGHAI
from domain.records import Arrival
from notify.replies import compose
from store.desk import Store
from tests.notify.makers import (
    NOTICE,
    POST,
    SCAN,
    WORD,
    case,
    finding,
    mail,
    outcome,
    part,
    verdict,
    video_material,
)

DAY = datetime(2023, 8, 15, 9, 0, tzinfo=SHANGHAI)
MORNING_AFTER = datetime(2023, 8, 16, 8, 30, tzinfo=SHANGHAI)
LINK = Link(
    url="https://pan.baidu.example/s/1a", host="pan.baidu.com", provider="baidu", code="ab12", name="诚信寿光.mp4"
)
ATTACK = '=A1<b>x</b>+HYPERLINK("http://evil.example")<script>alert(1)</script>'


class FilledDesk:
    """Takes mails in one after another, an hour apart, and decides them as told."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.count = 0

    def arrive(self, message: Mail, when: datetime = DAY) -> tuple[Mail, datetime]:
        self.count += 1
        sha256 = self.store.archive.add_bytes(f"{self.count} {message.subject}".encode())
        arrival = Arrival(
            account="wfxyxh", folder="INBOX", uidvalidity=1, uid=self.count, sha256=sha256, size=99, received_at=when
        )
        assert self.store.record_arrival(arrival, when)
        return message.model_copy(update={"sha256": sha256, "message_id": f"<{self.count}@changle.example>"}), when

    def decide(self, made: Outcome, *, reply: bool = True, when: datetime = DAY) -> str:
        message, when = self.arrive(made.reading.mail, when)
        reading = made.reading.model_copy(update={"mail": message, "received_at": when})
        made = made.model_copy(update={"reading": reading})
        self.store.save_mail(message.sha256, message)
        with self.store.begin(when) as tx:
            tx.save_outcome(made)
            letter = compose(made, NOTICE, POST.model_copy(update={"now": when})) if reply else None
            if letter:
                tx.enqueue(letter)
            tx.finish(message.sha256)
        return message.sha256

    def take(self, *verdicts: Verdict, sender: str = "zhengjiu@changle.example", when: datetime = DAY) -> str:
        verdicts = tuple(
            v.model_copy(update={"case": v.case.model_copy(update={"first_received_at": when})}) for v in verdicts
        )
        files = {m.part.sha256: m.part for v in verdicts for m in v.case.materials}
        links = tuple(link for v in verdicts for link in v.case.links)
        return self.decide(
            outcome(*verdicts, message=mail(sender=sender, parts=tuple(files.values()), links=links)), when=when
        )

    def settle_next(self, state: OutboxState, **more: str) -> None:
        record = self.store.claim_letter("test", MORNING_AFTER)
        assert record is not None
        self.store.settle_letter(record.id, state, DAY + timedelta(hours=1), **more)  # type: ignore[arg-type]  # texts only


def fill(store: Store) -> FilledDesk:
    """Fill a store with one of everything staff may have to see."""
    desk = FilledDesk(store)
    both, film = (WORD, SCAN), (WORD, SCAN, video_material())
    desk.take(verdict(case("2023-W-0001", both, unit="昌乐县信用办")), when=DAY - timedelta(days=1))
    desk.take(verdict(case("2023-W-0002", both, unit="昌乐县发展和改革局", title="信用惠民“一件事”")))
    desk.take(verdict(case("2023-V-0001", film, unit="昌乐县信用办", title="诚信昌乐")))
    desk.take(verdict(case("2023-V-0002", film, unit="昌乐县融媒体中心", title="信用的力量"), finding("video_no_subtitles", file="信用的力量.mp4", known=False)))  # fmt: skip
    desk.take(verdict(case("2023-V-0003", both, unit="寿光市信用办", title="诚信寿光", links=(LINK,)), finding("video_link_only", host=LINK.host, provider="baidu", code="ab12", name=LINK.name, size=None, expires_at=None, expires_before=None)))  # fmt: skip
    desk.take(verdict(case("2023-W-0003", both, unit="潍坊市市场监督管理局", title="信用赋能市场监管"), finding("similar_work", number="2023-W-0001", unit="昌乐县信用办", similarity=0.93, what="text"), finding("seal_unit_mismatch", file="申报表.pdf", seal="寿光市信用办", unit="潍坊市市场监督管理局")))  # fmt: skip
    desk.take(verdict(case("2023-W-0004", (WORD,), unit=ATTACK, title="-1+1|cmd", contact="@SUM(1)"), finding("missing_pdf_form")), sender="x@evil.example")  # fmt: skip
    desk.take(verdict(case("2023-W-0005", both, unit="青州市信用办"), finding("late", received_at="2023-08-31T00:00:00+08:00", closes="2023-08-30T23:59:59+08:00", supplement=False)))  # fmt: skip
    desk.decide(
        outcome(
            kind=MessageKind.QUESTION,
            message=mail("请问视频可以用网盘发送吗", "wang@gaomi.example"),
            decision=Decision.IGNORED,
        )
    )
    bulk = mail("会议通知", "oa@weifang.example", parts=(part("申报表.docx", Kind.DOCX),))
    desk.decide(outcome(kind=MessageKind.BULK, message=bulk, decision=Decision.IGNORED), reply=False)
    broken, _ = desk.arrive(mail("材料", from_=Address(name="李　四", address="li@anqiu.example")))
    for hour in range(3):
        assert store.claim_message("test", DAY + timedelta(hours=4 * hour), 60)
        store.fail_message(broken.sha256, "test", "parser ran out of memory", DAY + timedelta(hours=4 * hour))
    desk.settle_next(OutboxState.SENT, proof="250 Mail OK")
    desk.settle_next(OutboxState.HELD, error="550 User not found: nobody@changle.example")
    desk.settle_next(OutboxState.SENT, proof="250 Mail OK")
    bounced = store.letter(3)
    assert bounced is not None
    with store.begin(DAY) as tx:
        tx.mark_bounced(bounced.letter.message_id, "550 5.1.1 mailbox full")
    store.record_poll(
        "wfxyxh", MORNING_AFTER - timedelta(minutes=3), MORNING_AFTER - timedelta(minutes=2), True, "", 11, 0
    )
    return desk
