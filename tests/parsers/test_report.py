"""Bounces, receipts and recalls are understood (T45–T48)."""

from email import message_from_bytes

import pytest

from domain.mail import DeliveryReport
from parsers.message.report import is_recall, read_report
from tests.fixtures.mails import word

OURS = "<shoujian-2023-W-0001@126.com>"


def report(raw: str, subject: str = "", sender: str = "", text: str = "") -> DeliveryReport | None:
    return read_report(message_from_bytes(raw.replace("\n", "\r\n").encode()), subject, sender, text)


NETEASE = f"""From: Postmaster@163.com
Subject: {word("系统退信", "gb2312")}
Content-Type: Multipart/report; report-type=delivery-status; boundary="B"
X-Mailer: Coremail MTA server
X-CM-Original-Message-ID: {OURS}

--B
Content-Type: text/plain; charset=gb2312

sorry
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; 163.com
Arrival-Date: Tue, 1 Aug 2023 09:00:00 +0800

Final-Recipient: rfc822; Nobody@QIYE.cn
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 User not found

--B--
"""


def test_a_netease_bounce_names_our_letter() -> None:
    assert report(NETEASE) == DeliveryReport(
        original_message_id=OURS,
        recipient="Nobody@qiye.cn",
        status="5.1.1",
        action="failed",
        diagnostic="smtp; 550 User not found",
    )


def test_returned_headers_name_our_letter_too() -> None:
    raw = NETEASE.replace(f"X-CM-Original-Message-ID: {OURS}\n", "").replace(
        "--B--", f"--B\nContent-Type: text/rfc822-headers\n\nMessage-ID: {OURS}\nSubject: x\n--B--"
    )
    found = report(raw)
    assert found and found.original_message_id == OURS


def test_of_many_recipients_the_failed_one_is_told() -> None:
    raw = NETEASE.replace(
        "Final-Recipient: rfc822; Nobody",
        "Final-Recipient: rfc822; good@a.cn\nAction: delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; Nobody",
    )
    found = report(raw)
    assert found and (found.recipient, found.action) == ("Nobody@qiye.cn", "failed")


def test_a_read_receipt_is_understood() -> None:
    raw = f"""Content-Type: multipart/report; report-type=disposition-notification; boundary=B

--B
Content-Type: message/disposition-notification

Final-Recipient: rfc822;a@b.cn
Original-Message-ID: {OURS}
Disposition: manual-action/MDN-sent-manually; displayed

--B--
"""
    assert report(raw) == DeliveryReport(original_message_id=OURS, recipient="a@b.cn", action="displayed")


def test_a_bounce_in_words_only_is_understood() -> None:
    found = report(
        f"In-Reply-To: {OURS}\n\n",
        "系统退信/The email is returned",
        "postmaster@exmail.qq.com",
        "无法发送到 nobody@qiye.cn，550 5.1.1 User unknown",
    )
    assert found and (found.original_message_id, found.recipient, found.status, found.action) == (
        OURS,
        "nobody@qiye.cn",
        "5.1.1",
        "failed",
    )


@pytest.mark.parametrize(("subject", "sender"), [("系统退信是怎么回事", "a@b.cn"), ("通知", "postmaster@b.cn")])
def test_ordinary_mail_is_no_report(subject: str, sender: str) -> None:
    assert report("Subject: x\n\n", subject, sender, "nobody@qiye.cn 5.1.1") is None


@pytest.mark.parametrize("subject", ["发信方已撤回邮件：申报材料", "通知：[撤回邮件失败]申报材料"])
def test_recalls_are_told(subject: str) -> None:
    assert is_recall(subject)


@pytest.mark.parametrize("subject", ["寿光市信用办+张三", "关于撤回邮件的问题", "回复：发信方已撤回邮件"])
def test_talk_about_recalls_is_none(subject: str) -> None:
    assert not is_recall(subject)
