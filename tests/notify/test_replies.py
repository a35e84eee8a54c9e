"""Whole replies as applicants read them, kind by kind, and that nothing hostile gets through."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from inline_snapshot import snapshot

from domain.kinds import Decision, Kind, MessageKind, MessageState, Role, Severity
from domain.mail import Address, Link, SubjectFacts
from domain.notice import SHANGHAI
from domain.records import CaseRecord, Letter, MessageRecord
from notify.phrases import AGAIN, CLOSING, FIRST, salutation
from notify.replies import compose, compose_decision, compose_fallback
from notify.thread import Thread
from tests.notify.makers import (
    DESK,
    MORNING,
    NOTICE,
    POST,
    SCAN,
    WORD,
    case,
    finding,
    mail,
    material,
    outcome,
    part,
    sha,
    verdict,
    video_material,
)


def reply(*verdicts: Any, **more: Any) -> Letter:
    letter = compose(outcome(*verdicts, **more), NOTICE, POST)
    assert letter is not None
    return letter


SHORT = finding("video_duration", file="诚信昌乐.mp4", duration_s=151.2, min_s=180, max_s=300)


def test_an_accepted_case() -> None:
    letter = reply(verdict(case()))
    assert letter.subject == "Re: 昌乐县信用办+郑九+13900005678【受理编号 2023-W-0001】已受理"
    assert letter.text == snapshot("""\
昌乐县信用办 郑九同志：

您好！已收到贵单位的申报邮件。对照《通知》各项要求，核对结果如下：

受理编号：2023-W-0001
收到时间：2023年8月1日 09:12:33（北京时间，以我方邮箱服务器收到时间为准）
处理结果：已受理

【申报案例】《放管服里见信用》
文字案例\u3000昌乐县信用办
受理编号：2023-W-0001\u3000处理结果：已受理
■ 本次收到
  1. 申报表（Word 版）：“申报表.docx”，12.1 KB
  2. 申报表（PDF 盖章扫描版）：“申报表.pdf”，2.2 MB
■ 已符合要求，无需重复报送
  1. 申报表 Word 版“申报表.docx”，各栏填写完整
  2. 申报表 PDF 盖章扫描版“申报表.pdf”，已见单位公章
  3. 文字成果共 600 字，符合 2000 字以内的要求

材料核对无误，后续如有需要我们会与您联系。感谢支持！

联系方式：市信用协会 徐雨欣，15715351816；市信用办 张永刚，8090748

潍坊市信用典型案例评选活动组委会
2023年8月1日

本邮件由收件系统自动发送，直接回复即可送达组委会。
""")


def test_a_case_to_be_mended_and_one_accepted_in_one_reply() -> None:
    film = case("2023-V-0001", (WORD, SCAN, video_material(duration_s=151.2)), title="诚信昌乐")
    missing = finding("field_missing:phone", file="材料.zip/申报表.docx", field="phone", label="联系电话")
    unclear = finding("seal_unclear", file="申报表.pdf", reason="grey scan")
    letter = reply(
        verdict(case(), finding("subject_format", subject="申报材料")), verdict(film, SHORT, missing, unclear)
    )
    assert letter.subject == "Re: 昌乐县信用办+郑九+13900005678【受理编号 2023-W-0001、2023-V-0001】需补正"
    assert letter.case_numbers == ("2023-W-0001", "2023-V-0001")
    assert letter.text == snapshot("""\
昌乐县信用办 郑九同志：

您好！已收到贵单位的申报邮件。对照《通知》各项要求，核对结果如下：

受理编号：2023-W-0001、2023-V-0001
收到时间：2023年8月1日 09:12:33（北京时间，以我方邮箱服务器收到时间为准）
处理结果：需补正

【案例一】《放管服里见信用》
文字案例\u3000昌乐县信用办
受理编号：2023-W-0001\u3000处理结果：已受理
■ 本次收到
  1. 申报表（Word 版）：“申报表.docx”，12.1 KB
  2. 申报表（PDF 盖章扫描版）：“申报表.pdf”，2.2 MB
■ 已符合要求，无需重复报送
  1. 申报表 Word 版“申报表.docx”，各栏填写完整
  2. 申报表 PDF 盖章扫描版“申报表.pdf”，已见单位公章
  3. 文字成果共 600 字，符合 2000 字以内的要求
■ 温馨提示（不影响受理）
  1. 邮件主题“申报材料”未按规定格式标注，要求标注“推荐单位名称+联系人+联系电话”，推荐作品标注“参赛者姓名（单位名称）+作品名称+联系电话”（《通知》关于邮件主题的说明）。本次不影响受理，今后来信请按上述格式填写主题。

【案例二】《诚信昌乐》
视频案例\u3000昌乐县信用办
受理编号：2023-V-0001\u3000处理结果：需补正
■ 本次收到
  1. 申报表（Word 版）：“申报表.docx”，12.1 KB
  2. 申报表（PDF 盖章扫描版）：“申报表.pdf”，2.2 MB
  3. 视频作品：“诚信昌乐.mp4”，43.6 MB
■ 需要补正（共 2 项）
  1. 视频时长 2 分 31 秒
     位置：“诚信昌乐.mp4”
     要求：3–5 分钟（《通知》“五、作品要求”第 3 条）
     办法：请重新剪辑，将时长调整到 3–5 分钟后补发。
  2. “联系电话”栏未填写，或仍为表中的提示文字
     位置：“申报表.docx”（在“材料.zip”中）的“联系电话”栏
     要求：申报表各栏填写完整（《通知》附件申报表）
     办法：请填写“联系电话”，并补发填写完整的 Word 版和 PDF 盖章扫描版。
■ 由工作人员复核（共 1 项，目前不必重发；如确有误，也可按下列办法主动补充）
  1. 无法确认是否已加盖单位公章（可能为黑白扫描、印章颜色较浅或不完整）
     位置：“申报表.pdf”的“单位意见”栏
     要求：PDF 版为加盖单位公章后的扫描件（《通知》“四、征集方式”）
     办法：请将盖章的申报表彩色扫描成 PDF 文件后补发，印章应完整、清晰。
■ 补正截止时间：2023年9月2日 23:59（北京时间，以我方邮箱服务器收到时间为准）

如需补正，请在本邮件基础上回复，保留主题中的受理编号，并只附上需要补正的材料。

联系方式：市信用协会 徐雨欣，15715351816；市信用办 张永刚，8090748

潍坊市信用典型案例评选活动组委会
2023年8月1日

本邮件由收件系统自动发送，直接回复即可送达组委会。
""")


def test_a_supplement_says_what_changed_and_what_is_still_missing() -> None:
    new = material(Role.WORD_FORM, part("申报表（更正）.docx"))
    old = WORD.model_copy(update={"superseded": True})
    message = mail("回复：Re: 昌乐县信用办+郑九【受理编号 2023-W-0001】需补正", parts=(new.part,))
    letter = reply(
        verdict(case(materials=(old, new)), finding("missing_pdf_form")),
        message=message,
        kind=MessageKind.CORRECTION,
        changes={"2023-W-0001": {"phone": ("13900005679", "13900005678"), "title": (None, "放管服里见信用")}},
    )
    assert letter.subject == "Re: 昌乐县信用办+郑九【受理编号 2023-W-0001】需补正"
    assert letter.text == snapshot("""\
昌乐县信用办 郑九同志：

您好！补充材料收悉。我们已将其与此前报送的材料合并核对，结果如下：

受理编号：2023-W-0001
收到时间：2023年8月1日 09:12:33（北京时间，以我方邮箱服务器收到时间为准）
处理结果：需补正

【申报案例】《放管服里见信用》
文字案例\u3000昌乐县信用办
受理编号：2023-W-0001\u3000处理结果：需补正
■ 本次更新
  1. “联系电话”由“13900005679”改为“13900005678”
  2. “案例题目”由空白改为“放管服里见信用”
■ 本次收到
  1. 申报表（Word 版）：“申报表（更正）.docx”，12.1 KB
■ 已符合要求，无需重复报送
  1. 申报表 Word 版“申报表（更正）.docx”，各栏填写完整
  2. 文字成果共 600 字，符合 2000 字以内的要求
■ 需要补正（共 1 项）
  1. 未收到申报表 PDF 盖章扫描版
     位置：申报表 PDF 盖章扫描版
     要求：每个案例报送申报表一式两份（Word 版和 PDF 盖章扫描版）（《通知》“四、征集方式”）
     办法：请将申报表打印，在“单位意见”栏加盖单位公章，扫描成 PDF 文件后补发。
■ 补正截止时间：2023年9月2日 23:59（北京时间，以我方邮箱服务器收到时间为准）

请按上述说明补正，直接回复本邮件即可（主题中的受理编号请勿删除），已符合要求的材料无需再发。

联系方式：市信用协会 徐雨欣，15715351816；市信用办 张永刚，8090748

潍坊市信用典型案例评选活动组委会
2023年8月1日

本邮件由收件系统自动发送，直接回复即可送达组委会。
""")


def test_a_late_case() -> None:
    received = datetime(2023, 8, 31, 0, 0, tzinfo=SHANGHAI)
    late = finding("late", received_at=received.isoformat(), closes=NOTICE.closes.isoformat(), supplement=False)
    letter = reply(verdict(case(first_received_at=received), late), received_at=received)
    assert letter.subject.endswith("【受理编号 2023-W-0001】不予受理")
    assert letter.text == snapshot("""\
昌乐县信用办 郑九同志：

您好！已收到贵单位的申报邮件。对照《通知》各项要求，核对结果如下：

受理编号：2023-W-0001
收到时间：2023年8月31日 00:00:00（北京时间，以我方邮箱服务器收到时间为准）
处理结果：不予受理

【申报案例】《放管服里见信用》
文字案例\u3000昌乐县信用办
受理编号：2023-W-0001\u3000处理结果：不予受理
■ 本次收到
  1. 申报表（Word 版）：“申报表.docx”，12.1 KB
  2. 申报表（PDF 盖章扫描版）：“申报表.pdf”，2.2 MB
■ 不予受理的原因（共 1 项）
  1. 来信于2023年8月31日 00:00:00送达，已超过申报截止时间
     位置：报送时间
     要求：于2023年8月30日 23:59:59前送达（《通知》“六、时间安排”）
     说明：材料已存档备查。如对收到时间有异议，请与组委会联系人联系。

对此我们深表遗憾，感谢您的理解与支持。

联系方式：市信用协会 徐雨欣，15715351816；市信用办 张永刚，8090748

潍坊市信用典型案例评选活动组委会
2023年8月1日

本邮件由收件系统自动发送，直接回复即可送达组委会。
""")


def test_a_video_sent_as_a_link_is_under_review() -> None:
    link = Link(
        url="https://mail.163.com/large?file=1",
        host="mail.163.com",
        provider="netease",
        name="诚信.mp4",
        size=84_892_713,
    )
    film = case("2023-V-0001", (WORD, SCAN), links=(link,))
    seen = finding("video_link_only", host=link.host, provider="netease", name=link.name, size=link.size)
    letter = reply(verdict(film, seen), message=mail(parts=(WORD.part, SCAN.part), links=(link,)))
    assert letter.text == snapshot("""\
昌乐县信用办 郑九同志：

您好！已收到贵单位的申报邮件。对照《通知》各项要求，核对结果如下：

受理编号：2023-V-0001
收到时间：2023年8月1日 09:12:33（北京时间，以我方邮箱服务器收到时间为准）
处理结果：已收到，人工复核中

【申报案例】《放管服里见信用》
视频案例\u3000昌乐县信用办
受理编号：2023-V-0001\u3000处理结果：已收到，人工复核中
■ 本次收到
  1. 申报表（Word 版）：“申报表.docx”，12.1 KB
  2. 申报表（PDF 盖章扫描版）：“申报表.pdf”，2.2 MB
  3. 下载链接：“诚信.mp4”，81.0 MB
■ 已符合要求，无需重复报送
  1. 申报表 Word 版“申报表.docx”，各栏填写完整
  2. 申报表 PDF 盖章扫描版“申报表.pdf”，已见单位公章
■ 由工作人员复核（共 1 项，目前不必重发；如确有误，也可按下列办法主动补充）
  1. 视频以下载链接报送（诚信.mp4，81.0 MB，有效期未注明），尚待工作人员下载核验
     位置：视频下载链接
     要求：视频在评选结束（2023年9月20日）前能够正常下载，并符合时长、格式和分辨率要求（《通知》“五、作品要求”第 3 条）
     办法：工作人员将下载核验，请在2023年9月20日前勿删除文件或取消分享；链接设有提取码或有效期的，请回复告知。

该申报已转工作人员复核，请您留意后续邮件。如需补充材料，请回复本邮件，主题中的受理编号请予保留。

联系方式：市信用协会 徐雨欣，15715351816；市信用办 张永刚，8090748

潍坊市信用典型案例评选活动组委会
2023年8月1日

本邮件由收件系统自动发送，直接回复即可送达组委会。
""")


def test_a_mail_that_arrived_broken_and_has_no_case() -> None:
    letter = reply(findings=(finding("mail_truncated"),))
    assert letter.subject == "Re: 昌乐县信用办+郑九+13900005678【需补正】"
    assert letter.text == snapshot("""\
郑九同志：

您好！已收到贵单位的申报邮件。对照《通知》各项要求，核对结果如下：

收到时间：2023年8月1日 09:12:33（北京时间，以我方邮箱服务器收到时间为准）
处理结果：需补正

【来信总体情况】
■ 需要补正（共 1 项）
  1. 邮件内容不完整，可能在发送途中中断
     位置：邮件
     要求：邮件及附件完整送达
     办法：请重新发送全部材料；附件较大的，建议分多封邮件发送，或改用邮箱的超大附件功能。
■ 补正截止时间：2023年8月30日 23:59（北京时间，以我方邮箱服务器收到时间为准）

重新发送时，请直接回复本邮件，并附上全部材料。

联系方式：市信用协会 徐雨欣，15715351816；市信用办 张永刚，8090748

潍坊市信用典型案例评选活动组委会
2023年8月1日

本邮件由收件系统自动发送，直接回复即可送达组委会。
""")


def test_guidance_for_a_question() -> None:
    message = mail("请问视频可以用网盘发送吗", from_=Address(name="王芳", address="wang@gaomi.example"))
    letter = reply(message=message, kind=MessageKind.QUESTION, decision=Decision.IGNORED)
    assert letter.key == "question:wang@gaomi.example:2023-08-01"
    assert letter.text == snapshot("""\
王芳同志：

您好！来信收悉。您的来信中未见申报材料，现将申报方式告知如下，供您参考；您提出的问题已转工作人员，如需进一步答复，我们会另行回信。

申报时间：2023年7月15日 00:00至2023年8月30日 23:59（以我方邮箱服务器收到时间为准）
申报邮箱：wfxyxh@126.com
活动官网：http://www.wfcredit.gov.cn/

申报步骤
  1. 填写申报表：文字案例填写附件 1《潍坊市信用典型案例评选申报表》；视频案例填写附件 2《潍坊市信用典型案例视频评选申报表》。各栏填写完整，每个案例单独填表。
  2. 在“单位意见”栏加盖单位公章，将盖章的申报表扫描成 PDF 文件；Word 版和 PDF 盖章扫描版一并报送。
  3. 准备作品：文字成果控制在 2000 字以内；视频时长 3–5 分钟，分辨率 1920×1080 及以上，配中文字幕，格式为 avi、mpeg、mp4、mov 等。
  4. 邮件主题标注“推荐单位名称+联系人+联系电话”，推荐作品标注“参赛者姓名（单位名称）+作品名称+联系电话”。
  5. 视频较大时可使用邮箱的超大附件或网盘，请写明提取码，并确保链接在评选结束前有效。

如已报送过材料，请回复本邮件并写明受理编号，以便查询。如需尽快答复，请直接电话联系。

联系方式：市信用协会 徐雨欣，15715351816；市信用办 张永刚，8090748

潍坊市信用典型案例评选活动组委会
2023年8月1日

本邮件由收件系统自动发送，直接回复即可送达组委会。
""")


def test_a_duplicate_gets_one_short_reply() -> None:
    letter = reply(verdict(case()), kind=MessageKind.DUPLICATE, duplicate_of="2023-W-0001")
    assert letter.text == snapshot("""\
昌乐县信用办 郑九同志：

您好！您本次发来的材料与此前已登记的材料相同，无需重复报送，仍以原受理编号为准。

受理编号：2023-W-0001
收到时间：2023年8月1日 09:12:33（北京时间）
2023-W-0001 当前状态：已受理

如本意是更正或补充，请在更新材料后直接回复本邮件，并保留主题中的受理编号。

联系方式：市信用协会 徐雨欣，15715351816；市信用办 张永刚，8090748

潍坊市信用典型案例评选活动组委会
2023年8月1日

本邮件由收件系统自动发送，直接回复即可送达组委会。
""")


def test_staff_decide() -> None:
    letter = decided(Decision.NEEDS_SUPPLEMENT, "印章不清晰。\n请重新扫描。")
    assert letter.subject == "Re: 昌乐县信用办+郑九+13900005678【受理编号 2023-W-0001】需补正"
    assert letter.text == snapshot("""\
昌乐县信用办 郑九同志：

您好！您申报的案例经工作人员复核，尚需补正。请按下列说明补充材料后，直接回复本邮件。

受理编号：2023-W-0001
案例题目：放管服里见信用
案例类型：文字案例
处理结果：需补正
情况说明：印章不清晰。 请重新扫描。
补正截止时间：2023年9月2日 23:59（北京时间，以我方邮箱服务器收到时间为准）

请按上述说明补正，直接回复本邮件即可（主题中的受理编号请勿删除），已符合要求的材料无需再发。

联系方式：市信用协会 徐雨欣，15715351816；市信用办 张永刚，8090748

潍坊市信用典型案例评选活动组委会
2023年8月1日

本邮件由收件系统自动发送，直接回复即可送达组委会。
""")


def test_a_mail_nobody_could_read() -> None:
    record = MessageRecord(
        sha256=sha("x"), account="a", folder="INBOX", received_at=MORNING, state=MessageState.QUARANTINED,
        sender="li@anqiu.example", sender_name="李四", subject="材料", message_id="<x@y>",
    )  # fmt: skip
    letter = compose_fallback(record, NOTICE, POST)
    assert letter is not None
    assert letter.text == snapshot("""\
李四同志：

您好！您的来信已收到并完整存档。来信内容较为特殊，系统未能自动核对，已转工作人员人工处理，处理结果将另行邮件告知。

在此之前不必重复发送。您的报送时间以下列收到时间为准，不受人工处理进度影响。

收到时间：2023年8月1日 09:12:33（北京时间，以我方邮箱服务器收到时间为准）

联系方式：市信用协会 徐雨欣，15715351816；市信用办 张永刚，8090748

潍坊市信用典型案例评选活动组委会
2023年8月1日

本邮件由收件系统自动发送，直接回复即可送达组委会。
""")
    assert compose_fallback(record.model_copy(update={"sender": ""}), NOTICE, POST) is None


def decided(decision: Decision, note: str = "", minute: int = 0) -> Letter:
    when = MORNING + timedelta(minutes=minute)
    record = CaseRecord(
        case=case(), decision=Decision.MANUAL_REVIEW, sender="a@b.example", created_at=MORNING, updated_at=when
    )
    thread = Thread.of(mail(), DESK)
    assert thread is not None
    return compose_decision(record, decision, note, thread, notice=NOTICE, post=POST)


def test_every_decision_of_staff_is_told_once() -> None:
    first, again, later = (decided(Decision.ACCEPTED, minute=minute) for minute in (0, 0, 5))
    assert first.key == again.key != later.key
    assert "现予受理" in first.text
    assert "情况说明" not in first.text
    assert "不予受理" in decided(Decision.REJECTED, "逾期").text


@pytest.mark.parametrize(
    "kind", [MessageKind.AUTO_REPLY, MessageKind.BOUNCE, MessageKind.BULK, MessageKind.OWN, MessageKind.UNRELATED]
)
def test_silence_for(kind: MessageKind) -> None:
    assert compose(outcome(kind=kind, decision=Decision.IGNORED), NOTICE, POST) is None


def test_silence_for_a_second_copy_and_for_senders_that_cannot_be_answered() -> None:
    second = outcome(kind=MessageKind.DUPLICATE, duplicate_of=sha("first"))
    assert compose(second, NOTICE, POST) is None
    assert compose(outcome(verdict(case()), message=mail(sender="")), NOTICE, POST) is None


def test_every_reply_names_its_case_the_contacts_and_how_to_answer() -> None:
    for letter in (reply(verdict(case(), SHORT)), reply(verdict(case())), decided(Decision.NEEDS_SUPPLEMENT)):
        for wanted in ("2023-W-0001", "徐雨欣，15715351816", "张永刚，8090748", NOTICE.office):
            assert wanted in letter.text
            assert wanted in letter.html
    for decision in (Decision.NEEDS_SUPPLEMENT, Decision.MANUAL_REVIEW):
        assert all("受理编号" in closing for closing in CLOSING[decision])


def test_text_and_html_say_the_same() -> None:
    letter = reply(verdict(case("2023-V-0001", (WORD, SCAN, video_material(duration_s=151.2))), SHORT))
    shown = re.sub(r"<[^>]+>|\s", "", letter.html)
    for line in letter.text.splitlines():
        for piece in re.split(r"[：、\s】《》]|（共", line.strip("　■【】 ")):
            assert piece.lstrip("0123456789.") in shown, piece


def test_letters_about_like_cases_differ_in_opening_and_closing() -> None:
    texts = [reply(verdict(case()), message=mail(sender=f"a{n}@changle.example")).text for n in range(60)]
    assert {opening for opening in FIRST if any(opening in text for text in texts)} == set(FIRST)
    assert {closing for closing in CLOSING["accepted"] if any(closing in text for text in texts)} == set(
        CLOSING["accepted"]
    )
    assert not set(FIRST) & set(AGAIN)


HOSTILE = "</td><script>alert(1)</script>\r\nBcc: x@y.example\n\n处理结果：已受理\u202ehttp://evil.example/{{ 7*7 }}"


def test_hostile_names_change_neither_text_nor_html() -> None:
    file = material(Role.WORD_FORM, part(f"{HOSTILE}/{HOSTILE}.docx"))
    entry = case(materials=(file,), title=HOSTILE, unit=HOSTILE, contact=HOSTILE)
    seen = finding("field_missing:phone", file=f"{HOSTILE}.docx", field="phone", label="联系电话")
    letter = reply(verdict(entry, seen), message=mail(HOSTILE, from_=Address(name=HOSTILE, address="a@b.example")),
                   changes={"2023-W-0001": {"title": (HOSTILE, HOSTILE)}})  # fmt: skip
    assert "<script" not in letter.html
    assert "://" not in letter.text + letter.html
    assert "\u202e" not in letter.text + letter.html
    assert [line for line in letter.text.splitlines() if line.startswith(("Bcc", "处理结果"))] == ["处理结果：需补正"]
    assert "49" not in letter.text
    assert letter.text.startswith("</td>")  # the unit, on one line and cut
    assert len(letter.text.splitlines()[0]) < 60
    assert len(letter.subject) <= 120


def test_no_letter_carries_a_link_or_a_picture() -> None:
    letter = reply(verdict(case(), SHORT))
    for forbidden in ("http", "<a ", "<img", "<style", "src="):
        assert forbidden not in letter.html


def test_a_form_that_never_read_still_gets_its_reply() -> None:
    bare = case(materials=(), title=None, unit=None, contact=None)
    letter = reply(verdict(bare, finding("missing_word_form"), finding("missing_pdf_form")), message=mail(from_=Address(address="a@b.example")))  # fmt: skip
    assert letter.text.startswith("尊敬的参评单位：")
    assert "《（题目待核实）》\n文字案例　（单位待核实）" in letter.text
    untitled = reply(verdict(case(title=None), finding("field_missing:title", field="title", label="案例题目")))
    assert "《（题目未填写）》" in untitled.text


def test_what_may_lie_in_a_locked_archive_is_not_said_to_be_missing() -> None:
    hidden = finding("missing_word_form", Severity.REVIEW, unopened=["材料.zip"])
    letter = reply(verdict(case(materials=()), hidden))
    assert "未收到" not in letter.text
    assert "暂未见申报表 Word 版，可能在尚未打开的压缩包或下载链接中，待工作人员核实" in letter.text


def test_nothing_of_a_mail_that_has_to_be_sent_anew_is_called_done() -> None:
    early = finding("before_window", received_at="2023-07-14T12:00:00+08:00", opens=NOTICE.opens.isoformat())
    torn = finding("mail_truncated")
    for letter in (
        reply(verdict(case(), early)),
        reply(verdict(case()), message=mail(parts=(WORD.part, SCAN.part), truncated=True), findings=(torn,)),
    ):
        assert "无需重复报送" not in letter.text
        assert "重新发送时，请直接回复本邮件，并附上全部材料。" in letter.text


def test_a_work_in_doubt_is_not_praised() -> None:
    doubtful = finding("similar_work", Severity.REVIEW, number="2023-W-0009", what="text", similarity=0.9)
    assert "文字成果共" in reply(verdict(case())).text
    assert "文字成果共" not in reply(verdict(case(), doubtful)).text


def test_who_recommends_is_addressed_and_not_the_one_recommended() -> None:
    read = outcome(verdict(case(recommended=True)))
    told = SubjectFacts(convention="unit", unit="坊子区发展和改革局", contact="郎咸明")
    letter = compose(
        read.model_copy(update={"reading": read.reading.model_copy(update={"subject": told})}), NOTICE, POST
    )
    assert letter is not None
    assert letter.text.startswith("坊子区发展和改革局 郎咸明同志：")


def test_a_program_sent_along_is_named_though_it_belongs_to_no_case() -> None:
    program = part("申报表.pdf.exe", Kind.EXECUTABLE)
    letter = reply(
        verdict(case()),
        message=mail(parts=(WORD.part, SCAN.part, program)),
        findings=(finding("unsafe_file", file="申报表.pdf.exe"),),
        roles={"申报表.pdf.exe": Role.REJECTED},
    )
    assert "■ 未归入案例的附件\n  1. 未予采用的文件：“申报表.pdf.exe”" in letter.text
    assert "【来信总体情况】\n■ 需要补正（共 1 项）\n  1. 文件“申报表.pdf.exe”为程序文件" in letter.text
    assert "■ 补正截止时间：2023年9月2日 23:59" in letter.text


def test_too_early_is_to_be_sent_again_before_the_call_closes() -> None:
    early = finding("before_window", received_at="2023-07-14T12:00:00+08:00", opens=NOTICE.opens.isoformat())
    letter = reply(verdict(case(first_received_at=datetime(2023, 7, 14, 12, tzinfo=SHANGHAI)), early))
    assert "补正截止时间：2023年8月30日 23:59" in letter.text


@pytest.mark.parametrize(
    ("unit", "contact", "sender", "addressed"),
    [
        ("昌乐县信用办", "郑九", "whoever", "昌乐县信用办 郑九同志"),
        ("昌乐县信用办", "郑九、王五", "", "昌乐县信用办 郑九、王五同志"),
        ("昌乐县信用办", "13900005678", "郑九", "昌乐县信用办 郑九同志"),
        ("昌乐县信用办", None, "昌乐县信用办", "昌乐县信用办"),
        (None, None, "昌乐县发展和改革局", "昌乐县发展和改革局"),
        (None, None, "郑九", "郑九同志"),
        (None, None, "zhengjiu_88", "尊敬的参评单位"),
        (None, None, "坊子发改", "尊敬的参评单位"),
        (None, "<b>郑九</b>", "", "尊敬的参评单位"),
    ],
)
def test_whom_a_letter_addresses(unit: str | None, contact: str | None, sender: str, addressed: str) -> None:
    assert salutation(unit, contact, sender) == addressed


def test_a_refused_case_beside_one_to_be_mended() -> None:
    late = finding("late", received_at="2023-09-03T08:00:00+08:00", supplement=True)
    letter = reply(
        verdict(case(), late, finding("text_too_long", count=2356, max=2000)),
        verdict(case("2023-V-0001", (WORD, SCAN, video_material(duration_s=151.2))), SHORT),
    )
    refused, mended = letter.text.split("【案例二】")
    assert "■ 不予受理的原因（共 1 项）\n  1. 补正材料于2023年9月3日 08:00:00送达" in refused
    assert "     说明：材料已存档备查。" in refused
    assert "2356" not in refused
    assert "■ 已符合要求" not in refused
    assert "■ 需要补正（共 1 项）\n  1. 视频时长 2 分 31 秒" in mended


def test_staff_who_ask_for_a_supplement_without_a_word_send_what_stands_against_the_case() -> None:
    record = CaseRecord(
        case=case(), findings=(finding("text_too_long", count=2356, max=2000),), decision=Decision.MANUAL_REVIEW,
        sender="a@b.example", created_at=MORNING, updated_at=MORNING,
    )  # fmt: skip
    thread = Thread.of(mail(), DESK)
    assert thread is not None
    letter = compose_decision(record, Decision.NEEDS_SUPPLEMENT, " ", thread, notice=NOTICE, post=POST)
    assert "\n需要补正的内容\n  1. 文字成果共 2356 字，超出 356 字，要求字数控制在 2000 字以内" in letter.text


def test_after_the_grace_a_decision_letter_names_no_date_in_the_past() -> None:
    late = POST.model_copy(update={"now": datetime(2023, 9, 3, tzinfo=SHANGHAI)})
    record = CaseRecord(
        case=case(), decision=Decision.MANUAL_REVIEW, sender="a@b.example", created_at=MORNING, updated_at=MORNING
    )
    thread = Thread.of(mail(), DESK)
    assert thread is not None
    letter = compose_decision(record, Decision.NEEDS_SUPPLEMENT, "请补充", thread, notice=NOTICE, post=late)
    assert "补正截止时间" not in letter.text


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2023, 7, 1, tzinfo=SHANGHAI), "申报将于2023年7月15日 00:00开始"),
        (datetime(2023, 9, 1, tzinfo=SHANGHAI), "本次申报已于2023年8月30日 23:59截止，不再受理新的申报。"),
    ],
)
def test_guidance_says_when_the_call_is_not_open(now: datetime, said: str) -> None:
    asked = outcome(kind=MessageKind.QUESTION, decision=Decision.IGNORED, received_at=now)
    letter = compose(asked, NOTICE, POST)
    assert letter is not None
    assert said in letter.text
