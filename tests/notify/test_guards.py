"""T41–T49b of research/netease-mail.md §9, and RFC 3834 §2."""

from typing import Any

import pytest

from domain.kinds import MessageKind
from domain.mail import Address, DeliveryReport
from notify.guards import silence
from tests.notify.makers import DESK, mail

AUTO, BOUNCE, BULK, OWN = MessageKind.AUTO_REPLY, MessageKind.BOUNCE, MessageKind.BULK, MessageKind.OWN
OURS = "<20230801092000.abc@126.com>"


@pytest.mark.parametrize(
    ("lesson", "more", "kind"),
    [
        ("T41 QQ", {"headers": [("X-QQ-AUTO-REPLY", "true")]}, AUTO),
        ("T41 odd case", {"headers": [("x-qq-Auto-reply", "true")]}, AUTO),
        ("T42 older QQ", {"headers": [("X-QQ-HolidayReply", "true")]}, AUTO),
        ("T43 subject", {"subject": "自动回复:昌乐县信用办+郑九+13900005678"}, AUTO),
        ("T43 subject, full width", {"subject": "自动回复：我在休假"}, AUTO),
        ("T43 来自", {"subject": "来自郑九的自动回复"}, AUTO),
        ("T43 bracketed", {"subject": "【自动回复】我在休假"}, AUTO),
        ("T43 text alone", {"subject": "Re: 受理通知", "text": "这是来自QQ邮箱的假期自动回复邮件。\n您好，我最近正在休假中"}, AUTO),
        ("T43 English", {"subject": "Automatic reply: 回执"}, AUTO),
        ("T43 out of office", {"subject": "Out of Office: back on Monday"}, AUTO),
        ("T44", {"headers": [("Auto-Submitted", "auto-replied")]}, AUTO),
        ("T44 generated, with a comment", {"headers": [("AUTO-SUBMITTED", "Auto-Generated (cron); x=y")]}, AUTO),
        ("T44 the second instance", {"headers": [("Auto-Submitted", "no"), ("auto-submitted", "auto-notified")]}, AUTO),
        ("T45 DSN", {"media_type": "multipart/report; delivery-status", "subject": "系统退信"}, BOUNCE),
        ("T45 report read", {"report": DeliveryReport(action="failed", status="5.1.1")}, BOUNCE),
        ("T45 null sender", {"return_path": "", "report": DeliveryReport(action="failed")}, BOUNCE),
        ("T45 subject alone", {"subject": "系统退信", "sender": "Postmaster@163.com"}, BOUNCE),
        ("T46 exmail", {"subject": "系统退信/The email is returned", "sender": "postmaster@exmail.example"}, BOUNCE),
        ("a delivery told to have worked", {"report": DeliveryReport(action="delivered")}, AUTO),
        ("T47 recall", {"recalled": True, "subject": "发信方已撤回邮件：材料"}, AUTO),
        ("T47 recall failed", {"subject": "通知：[撤回邮件失败]材料"}, AUTO),
        ("T48 marketing", {"sender": "club@service.netease.com"}, BULK),
        ("T48 read receipt", {"media_type": "multipart/report; disposition-notification"}, AUTO),
        ("T48 read receipt, by subject", {"subject": "已读：申报材料"}, AUTO),
        ("T49 own address", {"sender": DESK}, OWN),
        ("T49 own address, upper case", {"sender": "WFXYXH@126.com"}, OWN),
        ("T49 own digest", {"headers": [("X-SHOUJIAN-ID", "20230801.abc@126.com")]}, OWN),
        ("T49 own Message-ID", {"message_id": OURS}, OWN),
        ("null sender", {"return_path": "<>"}, AUTO),
        ("list", {"headers": [("List-Unsubscribe", "<mailto:x@y>")]}, BULK),
        ("list, odd case", {"headers": [("LIST-ID", "<x>")]}, BULK),
        ("bulk", {"headers": [("precedence", " Bulk ")]}, BULK),
        ("junk", {"headers": [("Precedence", "junk")]}, BULK),
        ("auto_reply", {"headers": [("Precedence", "auto_reply")]}, AUTO),
        ("suppress all", {"headers": [("X-Auto-Response-Suppress", "All")]}, AUTO),
        ("suppress, a token of several", {"headers": [("x-auto-response-suppress", "DR, oof,RN")]}, AUTO),
        ("noreply", {"sender": "no-reply@changle.example"}, BULK),
        ("noreply, tagged", {"sender": "noreply+abc@changle.example"}, BULK),
        ("mailer-daemon", {"sender": "MAILER-DAEMON@changle.example"}, BOUNCE),
        ("bounce address", {"sender": "bounces+123@changle.example"}, BULK),
    ],
)  # fmt: skip
def test_never_answered(lesson: str, more: dict[str, Any], kind: MessageKind) -> None:
    told = silence(mail(**more), [DESK], lambda mid: mid == OURS)
    assert told is not None, lesson
    assert told.kind is kind
    assert told.reason


@pytest.mark.parametrize(
    ("lesson", "more"),
    [
        ("T49b every QQ mail", {"headers": [("Feedback-ID", "webmail:qq.com:bgweb:bgweb127")]}),
        ("an ordinary mail", {}),
        ("Auto-Submitted: no", {"headers": [("Auto-Submitted", "No")]}),
        ("an ordinary return path", {"return_path": "zhengjiu@changle.example"}),
        ("suppresses receipts only", {"headers": [("X-Auto-Response-Suppress", "DR, RN")]}),
        ("precedence of some gateways", {"headers": [("Precedence", "first-class")]}),
        ("a case about automatic replies", {"subject": "自动回复系统助力信用服务+郑九+13900005678"}),
        ("a text about automatic replies", {"text": "我局用自动回复系统答复群众，案例见附件"}),
        ("an answer to an automatic reply", {"subject": "回复：自动回复：申报材料"}),
        ("a person who tells of a bounce", {"subject": "系统退信了，现重新发送申报材料"}),
        ("a forwarded bounce", {"subject": "转发：系统退信"}),
        ("a name that only begins so", {"sender": "postmasters@changle.example"}),
        ("a name that only begins so", {"sender": "noreplyhere@changle.example"}),
        ("a look-alike of the marketing domain", {"sender": "a@service.netease.com.evil.example"}),
    ],
)
def test_answered(lesson: str, more: dict[str, Any]) -> None:
    assert silence(mail(**more), [DESK], lambda mid: mid == OURS) is None, lesson


def test_the_null_sender_speaks_before_everything_else() -> None:
    told = silence(
        mail(return_path="", headers=(("List-Id", "<x>"), ("Auto-Submitted", "auto-replied"))), [DESK], lambda _: False
    )
    assert told is not None
    assert told.reason == "null envelope sender"


def test_a_mail_sent_by_us_on_behalf_of_another_is_ours() -> None:
    message = mail().model_copy(update={"sender": Address(address=DESK)})
    told = silence(message, [DESK], lambda _: False)
    assert told is not None
    assert told.kind is OWN


def test_our_own_address_speaks_before_the_list_it_came_through() -> None:
    told = silence(mail(headers=(("List-Id", "<x>"),), sender=DESK), [DESK], lambda _: False)
    assert told is not None
    assert told.kind is OWN
