"""Mails without materials: questions, thanks, advertisements, and what is none of ours."""

from typing import Any

import pytest

from daemon import sorting
from daemon.roles import Placed
from domain.case import Reading
from domain.facts import FileFacts
from domain.kinds import Kind, Role, Track
from domain.mail import SubjectFacts
from tests.fixtures.cases import form, link, mail, notice, part, reading


def said(text: str, subject: str = "咨询", **more: Any) -> Reading:
    return reading(mail=mail(subject=subject, text=text, **more), subject=SubjectFacts())


@pytest.mark.parametrize(
    "text",
    [
        "请问申报截止到哪天？",
        "您好，个体工商户能否参加案例评选",
        "视频超过5分钟可以吗？",
        "申报表在哪里下载",
        "我们的材料收到了吗",
        "因故申请撤回我单位的参评案例，请予办理。",
        "申报表中的联系人变更为王芳。",
    ],
)
def test_a_person_who_asks_about_the_call_has_a_question(text: str) -> None:
    assert sorting.asks(said(text))


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("发票代开", "您好，需要发票吗？优惠代开，电话联系"),
        ("Hello", "Do you need SEO?"),
        ("通知", "今天下午开会"),
        ("营销推广", "邮件营销，按效果付费，可以吗？"),
    ],
)
def test_what_sells_or_says_something_else_is_no_question(subject: str, text: str) -> None:
    assert not sorting.asks(said(text, subject))


@pytest.mark.parametrize(
    ("text", "thanks"),
    [
        ("收到，谢谢！", True),
        ("好的，马上补充", True),
        ("您的邮件已收到，我们会尽快处理。", True),
        ("您好，来信收悉，谢谢！", True),
        ("联系电话应为13800000001", False),
        ("邮件已收到。" + "我单位的推荐意见为同意推荐，联系地址在利民街一号，" * 6, False),
    ],
)
def test_thanks_need_no_answer(text: str, thanks: bool) -> None:
    assert sorting.only_thanks(said(text)) is thanks


@pytest.mark.parametrize(
    ("text", "machine"),
    [
        ("您好！来信已收到。本邮件由系统自动发送，请勿直接回复。", True),
        ("此邮件为系统自动回复，如有疑问请致电。", True),
        ("这是一封自动回复邮件，我正在休假。", True),
        ("您的来信已转有关科室。（系统自动回复）", True),
        ("工单已受理，请勿回复此邮件", True),
        ("This is an automated message. Do not reply to this e-mail.", True),
        ("收到你们的自动回复，请问还缺什么材料？", False),
        ("你们的系统自动发送的邮件说缺盖章，是什么意思？", False),
        ("请问贵单位是自动回复吗？我的材料收到没有", False),
        ("请不要回复到这个邮箱，回复我另一个邮箱可以吗？", False),
    ],
)
def test_a_machine_is_told_by_what_it_says_of_itself(text: str, machine: bool) -> None:
    assert sorting.says_automatic(said(text)) is machine


def test_a_person_above_our_own_letter_is_no_machine() -> None:
    ours = "您好！您申报的案例尚需补正。" * 40 + "本邮件由收件系统自动发送，直接回复即可送达评选活动组委会。"
    assert not sorting.says_automatic(said("请问第二条怎么改？\n" + ours))


def placed(role: Role, **facts: Any) -> Placed:
    filled = facts.pop("form", None)
    return Placed(part("a", Kind.OTHER), FileFacts(parser="t", version=1), role, filled)


def test_a_form_is_a_case_whatever_else_is_said() -> None:
    assert sorting.brings_a_case(said("", "promotion"), [placed(Role.WORD_FORM, form=form())])


def test_a_blank_form_that_is_asked_about_is_no_case() -> None:
    blank = form(title="", contact="", phone="", email="", address="", highlights="", content="")
    assert not sorting.brings_a_case(said("请问附件的申报表是最新的吗？"), [placed(Role.WORD_FORM, form=blank)])
    assert sorting.brings_a_case(said("材料发给您", "申报"), [placed(Role.WORD_FORM, form=blank)])


def test_files_of_an_advertisement_are_no_case() -> None:
    assert not sorting.brings_a_case(said("代开发票，优惠", "发票"), [placed(Role.TEXT_WORK)])


def paper(text: str) -> Placed:
    return Placed(part("附件.docx", Kind.DOCX), FileFacts(parser="t", version=1, text=text), Role.TEXT_WORK)


@pytest.mark.parametrize(
    ("subject", "text", "inside", "entry"),
    [
        ("会议通知", "请准时参加", "定于8月10日召开工作例会", False),
        ("应聘会计岗位", "附件是我的简历", "姓名 性别 学历", False),
        ("AAA信用等级证书办理", "专业代办信用等级证书，提供材料即可申报，费用优惠", "信用等级证书", False),
        ("材料", "请查收", "我县建设信用体系", True),
        ("贷款案例", "附件为信用贷款典型案例，请查收", "我行发放贷款", True),
        ("案例报送", "商户享受优惠的典型案例见附件", "信用", True),
    ],
)
def test_papers_are_an_entry_only_where_something_tells_of_the_call(
    subject: str, text: str, inside: str, entry: bool
) -> None:
    assert sorting.brings_a_case(said(text, subject), [paper(inside)]) is entry


def test_files_of_a_foreign_mail_are_no_case() -> None:
    assert not sorting.brings_a_case(said("see attachment", "invoice"), [placed(Role.VIDEO)])


def test_a_video_or_a_link_with_chinese_words_is_a_case() -> None:
    assert sorting.brings_a_case(said("视频", "作品"), [placed(Role.VIDEO)])
    assert sorting.brings_a_case(said("网盘", "作品", links=(link(),)), [])


def test_a_subject_as_asked_announces_a_case_unless_it_is_an_echo_or_a_question() -> None:
    announced = SubjectFacts(convention="unit", unit="昌乐县发改局", contact="王明", phone="13800000001")
    assert sorting.brings_a_case(reading(subject=announced), [])
    echo = reading(subject=announced, mail=mail(in_reply_to=("<a@b>",)))
    assert not sorting.brings_a_case(echo, [])
    assert not sorting.brings_a_case(reading(subject=announced, mail=mail(text="请问几号截止？案例")), [])


def test_the_track_of_an_announced_case_is_told_by_its_subject() -> None:
    assert sorting.empty_draft(said("", "视频申报"), notice()).track is Track.VIDEO
    assert sorting.empty_draft(said("", "申报"), notice()).track is Track.TEXT
