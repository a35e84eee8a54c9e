"""Stories of staff who answer the morning's digest: done once, for whom it is meant, and told line by line."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from daemon.morning import queue_digest
from daemon.settings import DigestSettings, Settings, StaffSettings, load
from daemon.staff_desk import StaffRules
from domain.kinds import Decision, MessageKind, OutboxState
from tests.fixtures.cases import IN_TIME
from tests.fixtures.desks import ROOT
from tests.fixtures.mails import mail
from tests.fixtures.office import Office

BOSS, OTHER = "boss@weifang.gov.cn", "li@weifang.gov.cn"
FIRST, SECOND = "2023-W-0001", "2023-W-0002"
VOUCHED = f"mx13; spf=pass smtp.mail={BOSS}; dkim=pass header.i=@weifang.gov.cn"

pytestmark = pytest.mark.timeout(300)


class Morning:
    """A desk with two cases, and the digest that went out about them."""

    def __init__(self, office: Office, settings: Settings) -> None:
        self.office = office
        for number, (unit, sender) in enumerate(
            (("昌乐县发改局+王明", "wm@qq.com"), ("寿光市信用办+李红", "lh@qq.com"))
        ):
            office.arrive(mail("qq", subject=f"{unit}+1380000000{number}", sender=sender, text="材料随后报送"), IN_TIME)
        self.sent_at = office.now()
        queue_digest(settings, office.store, IN_TIME.date(), self.sent_at)
        self.digests = {r.letter.recipient: r.letter for r in office.store.letters() if r.letter.kind == "digest"}

    def code(self, recipient: str = BOSS) -> str:
        return self.digests[recipient].text.partition("本期口令：")[2][:9]

    def answer(
        self, text: str, *, quoted: bool = True, sender: str = BOSS, vouched: str = VOUCHED, at: datetime | None = None, code: str = ""
    ) -> str:  # fmt: skip
        """Send an answer to the digest; return the text of what came back for it, "" for nothing."""
        letter, before = self.digests[BOSS], len(self.office.store.letters())
        below = '\n\nAt 2023-08-02 08:30:00, "组委会" <wfxyxh@126.com> wrote:\n' + "\n".join(
            f"> {line}" for line in letter.text.splitlines()
        )
        self.office.arrive(
            mail(
                "coremail", subject=f"Re: {letter.subject}", sender=sender, text=(f"{code}\n\n" if code else "") + text + (below if quoted else ""),
                replies_to=[letter.message_id], headers=[("Authentication-Results", vouched)] if vouched else [],
            ),
            at or self.sent_at + timedelta(hours=1),
        )  # fmt: skip
        fresh = self.office.store.letters()[before:]
        return next((r.letter.text for r in fresh if r.letter.key.startswith("staff:")), "")

    def decisions(self) -> list[Decision]:
        return [self.office.case(number).decision for number in (FIRST, SECOND)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    more = {
        "digest": DigestSettings(to=(BOSS, OTHER)),
        "staff": StaffSettings(authserv="coremail", undo_minutes=5),
    }
    return load(ROOT / "config.toml", tmp_path).model_copy(update=more)


@pytest.fixture
def morning(office: Office, settings: Settings) -> Iterator[Morning]:
    office.desk = replace(office.desk, staff=StaffRules((BOSS, OTHER), "coremail", 5))
    yield Morning(office, settings)


UNDECIDED = [Decision.NEEDS_SUPPLEMENT, Decision.NEEDS_SUPPLEMENT]


def test_every_reader_has_a_code_of_their_own_in_text_and_html(morning: Morning) -> None:
    assert morning.code(BOSS) != morning.code(OTHER)
    for letter in morning.digests.values():
        assert morning.code(letter.recipient) in letter.html
        assert letter.text.count("本期口令：") == 1


def test_lines_are_carried_out_and_told_back(morning: Morning) -> None:
    told = morning.answer(f"通过 {FIRST}\n不予受理 {SECOND} 属广告\n\n张永刚")
    assert morning.decisions() == [Decision.ACCEPTED, Decision.REJECTED]
    assert told.startswith(
        "您好：\n\n来信中的处理意见已执行 2 项，未执行 0 项。致申报人的通知将于 5 分钟后发出，此前可在服务器上用 undo 命令收回。\n\n"
        f"{FIRST}：已受理，题目未填写\n{SECOND}：不予受理，题目未填写\n"
    )
    record = morning.office.case(SECOND)
    assert record.decided_by == f"staff:{BOSS}"
    letters = [r for r in morning.office.store.letters() if r.letter.kind == "decision"]
    assert [r.letter.recipient for r in letters] == ["wm@qq.com", "lh@qq.com"]
    assert "情况说明：属广告" in letters[1].letter.text
    assert all(r.next_at >= morning.sent_at + timedelta(minutes=5) for r in letters)
    message = morning.office.store.messages()[-1]
    assert (message.kind, message.decision) == (MessageKind.OWN, Decision.IGNORED)
    assert morning.office.store.verify(morning.office.now()) == ()


def test_what_is_unclear_is_told_back_and_never_guessed(morning: Morning) -> None:
    told = morning.answer(f"通过 {FIRST}\n不通过 {SECOND}\n补正 2023-W-0099 请补盖章")
    assert morning.decisions() == [Decision.ACCEPTED, Decision.NEEDS_SUPPLEMENT]
    assert "已执行 1 项，未执行 2 项" in told
    assert f"1. “不通过 {SECOND}”：未能识别" in told
    assert "2. “补正 2023-W-0099 请补盖章”：没有这个受理编号。" in told


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"vouched": ""}, "未通过邮件服务商的身份验证"),
        ({"vouched": f"mx13; spf=fail smtp.mail={BOSS}"}, "未通过邮件服务商的身份验证"),
        ({"vouched": f"mx99; spf=pass smtp.mail={BOSS}"}, "未通过邮件服务商的身份验证"),
        ({"quoted": False}, "未见寄给本地址的日报口令"),
        ({"quoted": False, "code": "ABCD-2345"}, "未见寄给本地址的日报口令"),
        ({"at": "late"}, "口令已过期"),
    ],
)
def test_without_proof_nothing_is_done_and_the_address_is_told(
    morning: Morning, how: dict[str, object], why: str
) -> None:
    if how.get("at"):
        how = {"at": morning.sent_at + timedelta(days=7, seconds=1)}
    told = morning.answer(f"通过 {FIRST}", **how)  # type: ignore[arg-type]
    assert morning.decisions() == UNDECIDED
    assert why in told


def test_a_colleagues_code_is_not_ones_own(morning: Morning) -> None:
    told = morning.answer(f"通过 {FIRST}", quoted=False, code=morning.code(OTHER))
    assert "未见寄给本地址的日报口令" in told
    assert morning.decisions() == UNDECIDED
    assert "已执行 1 项" in morning.answer(f"通过 {FIRST}", quoted=False, code=morning.code(BOSS))


def test_a_code_decides_a_case_once(morning: Morning) -> None:
    morning.answer(f"通过 {FIRST}")
    told = morning.answer(f"不予受理 {FIRST} 属广告\n通过 {SECOND}")
    assert f"“不予受理 {FIRST} 属广告”：本期口令已对该案例使用过一次" in told
    assert morning.decisions() == [Decision.ACCEPTED, Decision.ACCEPTED]


def test_a_case_that_changed_since_the_digest_is_left_alone(morning: Morning) -> None:
    with morning.office.store.begin(morning.office.now() + timedelta(hours=1)) as tx:
        tx.decide_case(FIRST, Decision.MANUAL_REVIEW, "staff:li", "")
    told = morning.answer(f"通过 {FIRST}")
    assert "日报发出后该案例有新的材料或处理" in told
    assert morning.office.case(FIRST).decision is Decision.MANUAL_REVIEW


def test_a_strangers_lines_are_a_question_and_no_more(morning: Morning) -> None:
    vouched = "mx13; spf=pass smtp.mail=wm@qq.com; dkim=pass header.i=@qq.com"
    assert morning.answer(f"通过 {FIRST}", sender="wm@qq.com", vouched=vouched) == ""
    assert morning.decisions() == UNDECIDED


def test_an_automatic_answer_of_staff_is_not_answered(morning: Morning) -> None:
    before = len(morning.office.store.letters())
    morning.office.arrive(
        mail("coremail", subject="自动回复: 【收件日报】", sender=BOSS, text=f"通过 {FIRST}", headers=[("Auto-Submitted", "auto-replied"), ("Authentication-Results", VOUCHED)]),
        morning.sent_at,
    )  # fmt: skip
    assert len(morning.office.store.letters()) == before
    assert morning.decisions() == UNDECIDED


def test_staff_who_only_thank_or_forward_materials_are_read_like_anybody(morning: Morning) -> None:
    assert morning.answer("收到，谢谢！") == ""
    assert morning.office.store.messages()[-1].kind is MessageKind.UNRELATED


def test_where_nobody_is_named_to_vouch_the_digest_bears_no_code_and_lines_do_nothing(
    office: Office, settings: Settings
) -> None:
    off = settings.model_copy(update={"staff": StaffSettings()})
    morning = Morning(office, off)
    assert "口令" not in morning.digests[BOSS].text + morning.digests[BOSS].html
    assert morning.answer(f"通过 {FIRST}") == ""
    assert morning.decisions() == UNDECIDED
    assert all(r.state is OutboxState.QUEUED for r in office.store.letters())
