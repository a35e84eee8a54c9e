"""Stories of applicants who withdraw: done where the words are clear and the sender is the case's own, else a person looks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from daemon.staff_desk import StaffRules
from daemon.withdrawal_words import request
from domain.kinds import Decision, MessageKind
from domain.mail import Mail
from notify.digest import write_digest
from tests.fixtures.cases import IN_TIME
from tests.fixtures.mails import mail
from tests.fixtures.office import Office

OWN, SUBJECT = "wm@qq.com", "昌乐县发改局+王明+13800000001"
CLEAR = "您好，因工作安排调整，我单位决定撤回本次申报，不再参加评选。"

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def entered(office: Office) -> Office:
    """The desk after one case was entered and answered."""
    office.arrive(mail("qq", subject=SUBJECT, sender=OWN, text="申报材料随后报送"), IN_TIME)
    assert office.case("2023-W-0001").decision is Decision.NEEDS_SUPPLEMENT
    return office


def says(
    office: Office, text: str, *, number: str = "2023-W-0001", sender: str = OWN, answers: bool = True, **more: object
) -> None:
    letters = [record.letter.message_id for record in office.store.letters()][:1] if answers else []
    office.arrive(
        mail("qq", subject=f"Re: 【受理编号 {number}】需补正", sender=sender, text=text, replies_to=letters, **more),  # type: ignore[arg-type]
        IN_TIME + timedelta(days=1),
    )  # fmt: skip


def last(office: Office) -> tuple[MessageKind | None, Decision | None]:
    record = office.store.messages()[-1]
    return record.kind, record.decision


def test_a_clear_wish_of_the_cases_own_sender_is_done_and_told_once(entered: Office) -> None:
    says(entered, CLEAR)
    record = entered.case("2023-W-0001")
    assert (record.decision, record.decided_by) == (Decision.WITHDRAWN, "applicant")
    assert next(e.detail for e in record.history if e.event == "decided").startswith(
        "needs_supplement → withdrawn: asked by "
    )
    assert last(entered) == (MessageKind.QUESTION, Decision.IGNORED)
    told = entered.store.letters()[-1].letter
    assert told.subject.endswith("【受理编号 2023-W-0001】已撤回")
    assert (
        told.text
        == (
            "昌乐县发改局 王明同志：\n\n您好！来信收悉。按您的要求，下列案例已撤回，不再参加评选；已报送的材料存档备查。\n\n"
            "受理编号：2023-W-0001\n案例题目：（未填写）\n案例类型：文字案例\n\n"
            "如撤回并非您的本意，或需恢复参评，请尽快直接回复本邮件说明，由工作人员办理。\n"
        )
        + told.text.partition("由工作人员办理。\n")[2]
    )
    says(entered, CLEAR + "谢谢！")
    assert len(entered.receipts()) == 2  # the second wish changes nothing and is not answered again
    assert entered.store.verify(entered.now()) == ()


def test_what_comes_after_a_withdrawal_waits_for_a_person(entered: Office) -> None:
    says(entered, CLEAR)
    says(entered, "现补报申报表。", answers=True, attach=[_form()])
    record = entered.case("2023-W-0001")
    assert record.decision is Decision.MANUAL_REVIEW
    assert "withdrawn_before" in [finding.code for finding in record.findings]
    assert "该案例此前已按要求撤回" in entered.receipts()[-1]
    says(entered, "再补一份。", attach=[_form("二")])
    assert "withdrawn_before" in [finding.code for finding in entered.case("2023-W-0001").findings]


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("请问可以撤回申报吗？", "question"),
        ("如果材料不合格，我单位撤回申报。", "condition"),
        ("我单位并未要求取消申报，请继续审核。", "negation"),
        ("请撤回此前申报，我们重新报送，以新版为准。", "replacement"),
        ("请撤回申报附件，申报邮件发重了。", "object"),
        ("两个案例中其中一个取消申报。", "part"),
    ],
)
def test_what_is_not_quite_clear_goes_to_a_person_with_the_words(entered: Office, text: str, doubt: str) -> None:
    says(entered, text)
    record = entered.case("2023-W-0001")
    assert record.decision is Decision.MANUAL_REVIEW
    evidence = record.findings[-1].evidence
    assert record.findings[-1].code == "withdrawal_requested"
    assert doubt in evidence["doubts"]
    assert entered.store.letters()[-1].letter.subject.endswith("【受理编号 2023-W-0001】已收到，人工复核中")
    assert "核实后办理" in entered.receipts()[-1]


def test_a_doubt_outlives_a_supplement_until_staff_have_decided(entered: Office) -> None:
    says(entered, "请问可以撤回申报吗？")
    says(entered, "补报申报表。", attach=[_form()])
    assert "withdrawal_requested" in [finding.code for finding in entered.case("2023-W-0001").findings]
    with entered.store.begin(entered.now()) as tx:
        tx.decide_case("2023-W-0001", Decision.NEEDS_SUPPLEMENT, "staff:zyg", "继续")
    says(entered, "补报。", attach=[_form("二")])
    assert "withdrawal_requested" not in [finding.code for finding in entered.case("2023-W-0001").findings]


def test_a_colleague_with_another_address_is_looked_into_and_a_stranger_moves_nothing(entered: Office) -> None:
    says(entered, "电话13800000001，" + CLEAR, sender="stranger@163.com", answers=False, number="2023-W-0001")
    assert entered.case("2023-W-0001").decision is Decision.NEEDS_SUPPLEMENT
    entered.arrive(
        mail("netease", subject="2023-W-0001 昌乐县发改局+李红+13800000001", sender="lihong@163.com", text=CLEAR),
        IN_TIME + timedelta(days=1),
    )
    record = entered.case("2023-W-0001")
    assert record.decision is Decision.MANUAL_REVIEW
    assert record.findings[-1].evidence["doubts"] == ["sender"]
    assert "案例题目" not in entered.receipts()[-1]


def test_a_reply_to_elsewhere_cannot_withdraw(entered: Office) -> None:
    says(entered, CLEAR, headers=[("Reply-To", "evil@163.com")])
    assert entered.case("2023-W-0001").decision is Decision.MANUAL_REVIEW


def test_a_forged_sender_cannot_withdraw_where_our_provider_tells(entered: Office) -> None:
    entered.desk = replace(entered.desk, staff=StaffRules(authserv="coremail"))
    says(entered, CLEAR, headers=[("Authentication-Results", "mx13; spf=fail smtp.mail=wm@qq.com")])
    assert entered.case("2023-W-0001").decision is Decision.MANUAL_REVIEW
    says(entered, CLEAR, headers=[("Authentication-Results", "mx13; spf=pass smtp.mail=wm@qq.com")])
    assert entered.case("2023-W-0001").decision is Decision.WITHDRAWN


def test_a_wish_without_number_or_thread_is_looked_into(entered: Office) -> None:
    entered.arrive(mail("qq", subject="撤回申报", sender=OWN, text=CLEAR), IN_TIME + timedelta(days=1))
    record = entered.case("2023-W-0001")
    assert record.decision is Decision.MANUAL_REVIEW
    assert record.findings[-1].evidence["doubts"] == ["number"]


def test_of_several_cases_only_those_that_are_named_are_withdrawn(entered: Office) -> None:
    entered.arrive(
        mail("qq", subject="寿光市信用办+王明+13800000001", sender=OWN, text="申报材料随后报送。"),
        IN_TIME + timedelta(hours=1),
    )
    numbers = [record.case.number for record in entered.store.cases()]
    if len(numbers) == 1:
        pytest.skip("one sender's bare announcements are one case")
    says(entered, CLEAR)
    assert entered.case("2023-W-0001").decision is Decision.WITHDRAWN
    assert entered.case("2023-W-0002").decision is Decision.NEEDS_SUPPLEMENT


def test_a_recalled_mail_is_shown_at_its_case_and_answered_by_nobody(entered: Office) -> None:
    before = len(entered.receipts())
    entered.arrive(
        mail("qq", subject=f"发信方已撤回邮件：{SUBJECT}", sender=OWN, text=""), IN_TIME + timedelta(hours=2)
    )
    assert len(entered.receipts()) == before
    record = entered.case("2023-W-0001")
    assert record.decision is Decision.NEEDS_SUPPLEMENT
    assert [event.actor for event in record.history if event.event == "recalled"] == ["applicant"]


@pytest.mark.parametrize(
    "text",
    [
        "申报材料已补正，请查收。",
        "上一封邮件已撤回，请忽略。",
        "请问何时截止？",
        "我们撤回了一笔失信记录。",
        "收到，谢谢！",
    ],
)
def test_other_words_are_no_wish_to_withdraw(text: str) -> None:
    assert request(Mail(sha256="0" * 64, size=1, subject="Re: 【受理编号 2023-W-0001】已撤回", text=text)) is None


@pytest.mark.parametrize(
    "text",
    [
        CLEAR,
        "经研究，我单位决定取消申报。",
        "我公司不再参评，特此说明。",
        "申请退出本次信用典型案例评选。",
        "因其他工作安排，放弃参评，请予办理。",
    ],
)
def test_plain_words_are_clear(text: str) -> None:
    asked = request(Mail(sha256="0" * 64, size=1, subject="", text=text))
    assert asked is not None
    assert asked.doubts == ()


def _form(mark: str = "一"):  # type: ignore[no-untyped-def]
    from tests.fixtures.stories_paper import BATH, word

    made = word(BATH)
    return (
        made if mark == "一" else type(made)(f"申报表{mark}.docx", word(BATH, "x.docx").data + b"\0", made.media_type)
    )


def test_the_digest_tells_staff_who_withdrew_who_wants_to_and_who_recalled(entered: Office) -> None:
    says(entered, "请问可以撤回申报吗？")
    entered.arrive(mail("qq", subject=f"发信方已撤回邮件：{SUBJECT}", sender=OWN, text=""), IN_TIME + timedelta(days=1))
    day = (IN_TIME + timedelta(days=1)).date()
    told = write_digest(entered.store, entered.desk.notice, day, entered.now(), None).text
    assert "来信提出撤回申报：“请问可以撤回申报吗？”（来信人 wm@qq.com，带有询问语气）" in told
    assert "来信提出撤回申报，案例已转人工复核：请问可以撤回申报吗？" in told
    assert "发信方撤回了此前的邮件，原件和附件仍存档，未作回复" in told
