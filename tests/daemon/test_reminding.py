"""Who still owes a supplement is reminded once, in time, of just what is missing; nobody who may not be written to."""

import email
import email.policy
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from daemon.reminding import is_time, remind
from daemon.settings import NotifySettings, Settings, load
from daemon.settings_mail import SmtpSettings
from domain.kinds import Decision, MessageKind, OutboxState
from domain.mail import Address
from domain.notice import SHANGHAI
from domain.records import Letter
from store.archive import Archive
from store.desk import Store
from tests.fixtures.cases import ROOT, at
from tests.notify.desks import FilledDesk
from tests.notify.makers import NOTICE, WORD, case, finding, mail, outcome, verdict

CAME = at("2023-08-20 09:00")
IN_TIME = at("2023-08-30 09:30")  # the grace ends on 2 September
MISSING = finding("missing_pdf_form")


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(ROOT / "config.toml").model_copy(update={"notice": NOTICE})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/desk.db", Archive(tmp_path / "data")) as opened:
        yield opened


@pytest.fixture
def desk(store: Store) -> FilledDesk:
    return FilledDesk(store)


def deliver(store: Store, **settled: Any) -> None:
    """Send everything that is queued, at the time of the first mail."""
    while record := store.claim_letter("test", CAME + timedelta(days=30)):
        store.settle_letter(record.id, settled.get("state", OutboxState.SENT), CAME, proof="250 ok", error="")


def owing(desk: FilledDesk, number: str = "2023-W-0001", sender: str = "zheng@changle.example", **more: Any) -> None:
    """Take in a case without its stamped form, and send the reply."""
    desk.take(verdict(case(number, (WORD,), **more), MISSING), sender=sender, when=CAME)
    deliver(desk.store)


def reminders(store: Store) -> list[Letter]:
    return [record.letter for record in store.letters() if record.letter.kind == "reminder"]


def test_a_case_still_open_is_reminded_of_just_what_is_missing(
    desk: FilledDesk, store: Store, settings: Settings
) -> None:
    owing(desk)
    assert remind(settings, store, IN_TIME) == 1
    (letter,) = reminders(store)
    assert letter.subject == "Re: 昌乐县信用办+郑九+13900005678【受理编号 2023-W-0001】补正提醒"
    assert letter.recipient == "zheng@changle.example"
    assert letter.text == snapshot("""\
昌乐县信用办 郑九同志：

您好！截至目前，我们尚未收到下列案例的补正材料，补正时间所剩不多，请您留意。

受理编号：2023-W-0001
案例题目：放管服里见信用
案例类型：文字案例
补正截止时间：2023年9月2日 23:59（北京时间，以我方邮箱服务器收到时间为准，剩 3 天）

尚需补正的内容
  1. 未收到申报表 PDF 盖章扫描版，要求每个案例报送申报表一式两份（Word 版和 PDF 盖章扫描版）（《通知》“四、征集方式”）。请将申报表打印，在“单位意见”栏加盖单位公章，扫描成 PDF 文件后补发。

补正时直接回复本邮件即可（主题中的受理编号请勿删除），只需补充上面列出的内容。如您已经发送，请不必理会本提醒。

联系方式：市信用协会 徐雨欣，15715351816；市信用办 张永刚，8090748

潍坊市信用典型案例评选活动组委会
2023年8月30日

本邮件由收件系统自动发送，直接回复即可送达组委会。
""")
    raw = email.message_from_bytes(letter.raw, policy=email.policy.default)
    assert raw["In-Reply-To"] == "<1@changle.example>"
    assert raw["Auto-Submitted"] == "auto-replied"
    assert letter.message_sha256 is None  # the receipt stays the one answer to that mail


def test_nobody_is_reminded_twice(desk: FilledDesk, store: Store, settings: Settings) -> None:
    owing(desk)
    assert [remind(settings, store, IN_TIME + timedelta(days=day)) for day in range(3)] == [1, 0, 0]
    deliver(store)
    assert remind(settings, store, IN_TIME + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("now", "queued"),
    [
        ("2023-08-29 23:59", 0),
        ("2023-08-30 00:00", 1),
        ("2023-09-02 23:59", 1),
        ("2023-09-03 00:00", 0),
        ("2026-11-24 09:30", 0),
    ],
)
def test_the_time_is_counted_in_days_of_beijing_to_the_end_of_the_grace(
    desk: FilledDesk, store: Store, settings: Settings, now: str, queued: int
) -> None:
    owing(desk)
    assert remind(settings, store, at(now)) == queued


def test_who_sent_too_early_is_reminded_before_the_call_closes(
    desk: FilledDesk, store: Store, settings: Settings
) -> None:
    early = finding("before_window", received_at="2023-07-01T09:00:00+08:00", opens="2023-07-15T00:00:00+08:00")
    desk.take(verdict(case(), early), when=CAME)
    deliver(store)
    assert remind(settings, store, at("2023-08-26 09:30")) == 0
    assert remind(settings, store, at("2023-08-27 09:30")) == 1
    assert "2023年8月30日 23:59" in reminders(store)[0].text


def test_zero_days_remind_nobody(desk: FilledDesk, store: Store, settings: Settings) -> None:
    owing(desk)
    off = settings.model_copy(update={"notify": NotifySettings(remind_days_before=0)})
    assert remind(off, store, IN_TIME) == 0


@pytest.mark.parametrize("decision", [Decision.ACCEPTED, Decision.MANUAL_REVIEW, Decision.REJECTED, Decision.WITHDRAWN])
def test_a_case_that_is_no_longer_open_is_left_alone(
    desk: FilledDesk, store: Store, settings: Settings, decision: Decision
) -> None:
    owing(desk)
    with store.begin(CAME) as tx:
        tx.decide_case("2023-W-0001", decision, "staff:a")
    assert remind(settings, store, IN_TIME) == 0


def test_what_staff_asked_for_is_repeated_in_their_words(desk: FilledDesk, store: Store, settings: Settings) -> None:
    owing(desk)
    with store.begin(CAME) as tx:
        tx.decide_case("2023-W-0001", Decision.NEEDS_SUPPLEMENT, "staff:a", "请补充视频脚本: 一式两份")
    remind(settings, store, IN_TIME)
    assert "尚需补正的内容\n  1. 请补充视频脚本: 一式两份\n" in reminders(store)[0].text


def test_a_letter_that_came_back_is_not_followed_by_another(desk: FilledDesk, store: Store, settings: Settings) -> None:
    owing(desk)
    (receipt,) = store.letters()
    with store.begin(CAME) as tx:
        tx.mark_bounced(receipt.letter.message_id, "550 mailbox full")
    assert remind(settings, store, IN_TIME) == 0


@pytest.mark.parametrize("state", [None, OutboxState.HELD, OutboxState.CANCELLED])
def test_nobody_is_reminded_of_a_letter_that_never_went_out(
    desk: FilledDesk, store: Store, settings: Settings, state: OutboxState | None
) -> None:
    desk.take(verdict(case(materials=(WORD,)), MISSING), when=CAME)
    if state:
        deliver(store, state=state)
    assert remind(settings, store, IN_TIME) == 0


def test_who_was_written_to_only_yesterday_is_reminded_tomorrow(
    desk: FilledDesk, store: Store, settings: Settings
) -> None:
    late = at("2023-08-30 20:00")
    desk.take(verdict(case(materials=(WORD,)), MISSING), when=late)
    deliver(store)
    assert remind(settings, store, at("2023-08-31 09:30")) == 0
    assert remind(settings, store, at("2023-09-01 09:30")) == 1


def test_a_sender_that_must_not_be_answered_is_not(desk: FilledDesk, store: Store, settings: Settings) -> None:
    owing(desk)
    robot = mail(headers=(("Auto-Submitted", "auto-generated"),), from_=Address(address="robot@changle.example"))
    entry = verdict(case(materials=(WORD,)), MISSING)
    desk.decide(outcome(entry, message=robot, kind=MessageKind.SUPPLEMENT), when=CAME + timedelta(hours=1))
    deliver(store)
    assert remind(settings, store, IN_TIME) == 0


def test_reminders_leave_room_for_replies_and_the_rest_comes_tomorrow(
    desk: FilledDesk, store: Store, settings: Settings
) -> None:
    for serial in range(1, 6):
        owing(desk, f"2023-W-000{serial}", f"a{serial}@changle.example", title=f"第{serial}个")
    narrow = SmtpSettings(sender_name="组委会", per_day=6)
    tight = settings.model_copy(update={"smtp": narrow})
    assert [remind(tight, store, IN_TIME) for _ in range(2)] == [3, 0]
    assert remind(tight, store, IN_TIME + timedelta(days=1)) == 2
    assert len({letter.text.split("\n")[2] for letter in reminders(store)}) > 1  # they do not all read alike


def test_one_address_gets_no_more_in_a_day_than_it_may(desk: FilledDesk, store: Store, settings: Settings) -> None:
    for serial in range(1, 5):
        owing(desk, f"2023-W-000{serial}", title=f"第{serial}个")
    narrow = SmtpSettings(sender_name="组委会", per_address_per_day=3)
    tight = settings.model_copy(update={"smtp": narrow})
    assert [remind(tight, store, IN_TIME + timedelta(days=day)) for day in range(3)] == [3, 1, 0]


def test_the_hour_is_half_past_nine_in_beijing() -> None:
    assert not is_time(at("2023-08-30 09:29"))
    assert is_time(datetime(2023, 8, 30, 9, 30, tzinfo=SHANGHAI))
