"""Whoever answers every letter of ours gets two at most: robots, lists, bounces, whatever they say. People are answered every time.

The whole way is walked for each: a real mailbox, the pipeline, the outbox with its caps, a real SMTP server, an answer to every letter.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from daemon.desk import Desk
from domain.kinds import OutboxState
from domain.notice import Limits
from notify.outbox import AT_REST
from notify.staff_words import why_held
from parsers.sandbox import Sandbox
from store.archive import Archive
from store.desk import Store
from tests.fixtures.cases import notice, rules
from tests.fixtures.exchange import Answers, Bureau, answer
from tests.fixtures.mails import attach, mail
from tests.fixtures.make_forms_entries import blank
from tests.fixtures.make_forms_layouts import body
from tests.fixtures.make_forms_ooxml import document
from tests.fixtures.smtp import Received, SmtpServer
from tests.fixtures.stories_paper import BATH, DOCX, RIVER, word

SUBJECT = f"{BATH.unit}+{BATH.contact}+{BATH.phone}"


@pytest.fixture
def bureau(tmp_path: Path, sandbox: Sandbox) -> Iterator[Bureau]:
    with Store.open(f"sqlite:///{tmp_path}/desk.db", Archive(tmp_path / "data")) as store, SmtpServer() as smtp:
        desk = Desk(notice(), rules(), Limits(), store, sandbox, "wfxyxh@126.com", "组委会")
        yield Bureau(desk, tmp_path / "mailbox", smtp)


def application(sender: str = BATH.email) -> bytes:
    return mail(subject=SUBJECT, sender=sender, text="材料见附件。", attach=[word(BATH)])


def question(sender: str = "asker@changle.example") -> bytes:
    return mail(subject="咨询", sender=sender, text="请问申报表需要盖几份章？")


Robot = Callable[[Received, int], bytes]


def _with_headers(*headers: tuple[str, str]) -> Robot:
    return lambda letter, n: answer(letter, "您好，我正在休假，邮件已收到，将尽快回复。", count=n, headers=headers)


def _saying(text: str, **more: object) -> Robot:
    return lambda letter, n: answer(letter, text.format(n=n), count=n, **more)


def _on_its_own_subject(subject: str, text: str = "您的邮件已收到。") -> Robot:
    """Answers under a subject of its own, and names no letter."""
    return lambda letter, n: answer(letter, text, count=n, subject=subject.format(n=n), replies_to=[])


def _from_ever_other_addresses(letter: Received, n: int) -> bytes:
    return answer(letter, "有什么问题请咨询我们，请告知报名情况。", count=n, sender=f"desk{n}@answers.example")


def _tagging_its_address(letter: Received, n: int) -> bytes:
    local, _, host = letter.recipients[0].partition("@")
    tagged = f"{local.partition('+')[0]}+case{n}@{host}"
    return answer(letter, "请问还需要什么材料？请告知。", count=n, sender=tagged, replies_to=[])


def _sending_it_back(letter: Received, n: int) -> bytes:
    """A list that strips what marks our letter, and sends its words to everybody, us included."""
    said = letter.message.get_body(("plain",))
    assert isinstance(said, EmailMessage)
    return answer(letter, str(said.get_content()), count=n, replies_to=[], subject=str(letter.message["Subject"]))


def _sending_it_back_attached(letter: Received, n: int) -> bytes:
    """A bounce that is no report: somebody's words, our letter beneath as a file."""
    back = attach("原邮件.eml", letter.raw, "message/rfc822")
    text = "您发送的邮件未能送达，请确认收件人地址是否正确，什么原因请咨询管理员。"
    return answer(letter, text, count=n, attach=[back], sender="service@changle.example", replies_to=[])


FORM = attach("申报表.docx", document(body([blank(1)])), DOCX)
LINK = "作品请在网盘下载 https://pan.baidu.com/s/1AbCdEfGh12345 提取码：ab12"

ROBOTS: dict[str, Robot] = {
    "marked as RFC 3834 says": _with_headers(("Auto-Submitted", "auto-replied")),
    "marked as QQ does": _with_headers(("X-QQ-AUTO-REPLY", "true")),
    "marked as QQ did": _with_headers(("X-QQ-HolidayReply", "true")),
    "marked in its subject": _saying("邮件已收到", subject="自动回复: Re: 受理通知"),
    "marked in its text": _saying("您好！来信已收到。本邮件由系统自动发送，请勿直接回复。如有什么问题请咨询热线。"),
    "no mark": _saying("您的邮件已收到"),
    "no mark, many words": _saying("您好，您的邮件已收到，我们会尽快处理。如有什么问题，请拨打电话咨询，或确认材料是否齐全。"),
    "no mark, other words each time": _saying("第{n}次答复：请问报名材料怎么提交？编号{n}{n}{n}，盼复。"),
    "no mark, its own subject": _on_its_own_subject("邮件已收到通知"),
    "under the applicant's subject": _on_its_own_subject(SUBJECT),
    "under a subject like an entry's": _on_its_own_subject("客户服务中心+李工+1380000{n:04d}"),
    "from ever other addresses": _from_ever_other_addresses,
    "tagging its address": _tagging_its_address,
    "a list that sends everything back, marked": _with_headers(("List-Id", "<all.changle.example>")),
    "a list that sends everything back, unmarked": _sending_it_back,
    "a bounce without a report": _sending_it_back_attached,
    "a bounce of NetEase's": _saying("抱歉，您的来信被退回", subject="系统退信", sender="Postmaster@163.com"),
    "wants to withdraw each time": _saying("我单位申请撤回参评案例，请告知。"),
}  # fmt: skip

BRINGING: dict[str, Robot] = {
    "the blank form": _saying("申报表请见附件，请填写。", attach=[FORM]),
    "an entry": _saying("材料见附件。", attach=[word(BATH)]),
    "an entry under other subjects": lambda letter, n: answer(letter, "材料", count=n, subject=f"材料{n}", attach=[word(BATH)], replies_to=[]),
    "a link": _saying(LINK),
    "an archive that is broken": _saying("材料见附件。", attach=[attach("材料.zip", b"PK\3\4" + bytes(99), "application/zip")]),
}  # fmt: skip


def ever(robot: Robot) -> Answers:
    """Return somebody who answers every letter so."""
    count = itertools.count(1)
    return lambda letter: [robot(letter, next(count))]


def held(bureau: Bureau) -> list[str]:
    return [record.error for record in bureau.desk.store.letters(state=OutboxState.HELD)]


@pytest.mark.parametrize("name", ROBOTS)
def test_a_robot_gets_two_letters_at_most(name: str, bureau: Bureau) -> None:
    assert 1 <= bureau.exchange(question(), ever(ROBOTS[name])) <= 2
    assert held(bureau) in ([], [AT_REST])


@pytest.mark.parametrize("name", ["no mark", "from ever other addresses", "under the applicant's subject"])
def test_a_robot_that_answers_an_application_gets_no_third_letter(name: str, bureau: Bureau) -> None:
    assert 1 <= bureau.exchange(application(), ever(ROBOTS[name])) <= 2


@pytest.mark.parametrize("name", BRINGING)
def test_what_a_robot_brings_again_and_again_counts_once(name: str, bureau: Bureau) -> None:
    assert bureau.exchange(question(), ever(BRINGING[name])) <= 3, "its file was new once"
    assert held(bureau) in ([], [AT_REST])


@pytest.mark.parametrize("name", ["no mark, other words each time", "no mark, its own subject"])
def test_a_robot_that_takes_more_than_a_day_gets_no_third_letter_either(name: str, bureau: Bureau) -> None:
    assert bureau.exchange(question(), ever(ROBOTS[name]), pause=timedelta(hours=26)) <= 2


def test_a_robot_with_a_new_document_each_time_ends_at_the_days_cap_and_waits_for_a_person(bureau: Bureau) -> None:
    def fresh(letter: Received, n: int) -> bytes:
        return answer(letter, "答复见附件。", count=n, attach=[word(replace(BATH, title=f"第{n}号答复单"))])

    assert bureau.exchange(question(), ever(fresh)) == bureau.throttle.per_address_per_day
    assert len(held(bureau)) == 1


def test_staff_see_what_was_left_unanswered_and_may_answer_it(bureau: Bureau) -> None:
    robot = ever(ROBOTS["under the applicant's subject"])
    bureau.exchange(application(), robot)
    (record,) = bureau.desk.store.letters(state=OutboxState.HELD)
    assert "疑似自动回复" in why_held(record)
    assert bureau.desk.store.release_letter(record.id, bureau.now())
    bureau.turn()
    assert len(bureau.smtp.received) == 3
    for letter in bureau.letters():
        bureau.deliver(*robot(letter))
    bureau.turn()
    assert len(bureau.smtp.received) == 3, "and the exchange does not begin anew"


def test_people_are_answered_supplement_after_supplement(bureau: Bureau) -> None:
    """An application without its scan, then seven versions of its form: what is new is always answered."""
    titles = [f"先诊疗后付费（第{n}稿）" for n in range(7)]
    supplements = iter(titles)

    def applicant(letter: Received) -> list[bytes]:
        title = next(supplements, None)
        return [answer(letter, "已修改，请查收。", attach=[word(replace(BATH, title=title))])] if title else []

    assert bureau.exchange(application(), applicant) == 1 + len(titles)
    assert held(bureau) == []


def test_a_person_who_forgot_the_file_and_asks_in_between_is_answered_again_once_it_comes(bureau: Bureau) -> None:
    said = iter(["表格见附件。", "请问收到了吗？附件是不是没带上？", "抱歉，这次带上了。"])

    def applicant(letter: Received) -> list[bytes]:
        text = next(said, "")
        files = [word(BATH)] if "带上了" in text else []
        return [answer(letter, text, attach=files)] if text else []

    bureau.exchange(mail(subject=SUBJECT, sender=BATH.email, text="材料见附件。"), applicant)
    assert len(bureau.smtp.received) == 2, "the second question has its guidance already"
    bureau.deliver(answer(bureau.smtp.received[-1], next(said), attach=[word(BATH)]))
    bureau.turn()
    assert len(bureau.smtp.received) == 3
    assert bureau.desk.store.case("2023-W-0001") is not None


def test_an_applicant_may_withdraw_after_two_letters_that_brought_nothing(bureau: Bureau) -> None:
    said = iter(["请问什么时候公布结果？", "请问需要几份？"])
    bureau.exchange(application(), lambda letter: [answer(letter, text)] if (text := next(said, "")) else [])
    had = len(bureau.smtp.received)
    wish = "我单位撤回该案例，不再参加评选。"
    bureau.deliver(answer(bureau.smtp.received[0], wish, count=9, subject="撤回申请【受理编号 2023-W-0001】"))
    bureau.turn()
    assert len(bureau.smtp.received) == had + 1
    bureau.deliver(
        answer(bureau.smtp.received[0], f"{wish}再次说明。", count=10, subject="撤回申请【受理编号 2023-W-0001】")
    )
    bureau.turn()
    assert len(bureau.smtp.received) == had + 1, "what is withdrawn is withdrawn"


def test_two_units_at_one_address_are_both_answered(bureau: Bureau) -> None:
    bureau.exchange(application(), lambda letter: [])
    second = f"{RIVER.unit}+{RIVER.contact}+{RIVER.phone}"
    opening = mail(subject=second, sender=BATH.email, text="材料见附件。", attach=[word(RIVER)])
    assert bureau.exchange(opening, lambda letter: []) == 2
