"""In charge of which reply a message gets, and of composing it. Leaves bytes to `letters`, sending to `outbox`.

Every letter is composed from values alone: composing twice gives the same letter.
"""

import re

from domain.case import Case, Outcome
from domain.kinds import Decision, MessageKind
from domain.notice import SHANGHAI, Notice
from domain.records import CaseRecord, Letter, MessageRecord
from notify.case_view import points, stray_items, view
from notify.figures import moment, second
from notify.labels import RESULTS, TRACKS
from notify.letters import Draft, PostOffice, seal
from notify.pages import render
from notify.phrases import AGAIN, CLOSING, FIRST, choose, salutation
from notify.quoting import quote
from notify.thread import Thread, reply_subject

_NUMBER = re.compile(r"\d{4}-[A-Z]-\d{4,}")
_WIDTH = 680  #: pixels of the letter on a wide screen
_ADDS = (MessageKind.SUPPLEMENT, MessageKind.CORRECTION)


def compose(outcome: Outcome, notice: Notice, post: PostOffice) -> Letter | None:
    """Return the one reply a message gets, or None: automatic and unrelated mail, second copies, nobody to answer."""
    thread = Thread.of(outcome.reading.mail, post.address)
    if thread is None:
        return None
    match outcome.kind:
        case MessageKind.SUBMISSION | MessageKind.SUPPLEMENT | MessageKind.CORRECTION:
            return _receipt(outcome, thread, notice, post)
        case MessageKind.DUPLICATE:
            return _duplicate(outcome, thread, notice, post)
        case MessageKind.QUESTION:
            return _guidance(outcome, thread, notice, post)
        case MessageKind.AUTO_REPLY | MessageKind.BOUNCE | MessageKind.BULK | MessageKind.OWN | MessageKind.UNRELATED:
            return None


def _receipt(outcome: Outcome, thread: Thread, notice: Notice, post: PostOffice) -> Letter:
    reading, result = outcome.reading, RESULTS[outcome.decision]
    cases = [verdict.case for verdict in outcome.verdicts]
    numbers = tuple(case.number for case in cases if case.number)
    shown = {
        **_frame(notice, post),
        "salutation": _salutation(cases, thread),
        "opening": choose(AGAIN if outcome.kind in _ADDS else FIRST, reading.mail.sha256),
        "numbers": numbers,
        "received": reading.received_at,
        "result": result,
        "decision": outcome.decision,
        "points": points(outcome.findings, notice),
        "cases": [view(v, reading, outcome.changes.get(v.case.number or "", {}), notice) for v in outcome.verdicts],
        "others": stray_items(reading.mail.parts, outcome.roles, cases),
        "faults_title": "不予受理的原因" if outcome.decision is Decision.REJECTED else "需要补正",
        "closing": choose(CLOSING[outcome.decision], reading.mail.sha256[8:] or "0"),
    }
    draft = Draft(
        kind="receipt",
        key=f"receipt:{reading.mail.sha256}",
        subject=reply_subject(thread.subject, numbers, result),
        text=render("receipt.txt.j2", **shown),
        html=render("receipt.html.j2", **shown),
        case_numbers=numbers,
    )
    return seal(draft, thread, post)


def _duplicate(outcome: Outcome, thread: Thread, notice: Notice, post: PostOffice) -> Letter | None:
    """Answer the same materials sent anew; a second copy of the same mail (`duplicate_of` is its sha256) gets nothing."""
    named = tuple(verdict.case.number for verdict in outcome.verdicts if verdict.case.number)
    numbers = named or tuple(_NUMBER.findall(outcome.duplicate_of or ""))
    if not numbers:
        return None
    received = second(outcome.reading.received_at)
    facts = [("受理编号", "、".join(numbers)), ("收到时间", f"{received}（北京时间）")]
    facts += [(f"{v.case.number} 当前状态", RESULTS[v.decision]) for v in outcome.verdicts if v.case.number]
    shown = {
        **_frame(notice, post),
        "salutation": _salutation([verdict.case for verdict in outcome.verdicts], thread),
        "paragraphs": ["您好！您本次发来的材料与此前已登记的材料相同，无需重复报送，仍以原受理编号为准。"],
        "facts": facts,
        "closing": "如本意是更正或补充，请在更新材料后直接回复本邮件，并保留主题中的受理编号。",
    }
    return _plain(
        "duplicate",
        f"duplicate:{outcome.reading.mail.sha256}",
        "重复来信",
        shown,
        thread=thread,
        post=post,
        numbers=numbers,
    )


def _guidance(outcome: Outcome, thread: Thread, notice: Notice, post: PostOffice) -> Letter:
    """Tell how to submit. The key holds the day: one guidance letter per sender and day, whatever is asked."""
    day = post.now.astimezone(SHANGHAI).date()
    shown = {
        **_frame(notice, post),
        "salutation": salutation(None, None, thread.name),
        "paragraphs": [
            "您好！来信收悉。您的来信中未见申报材料，现将申报方式告知如下，供您参考；您提出的问题已转工作人员，如需进一步答复，我们会另行回信。"
        ],
        "facts": _terms(notice),
        "steps_title": "申报步骤",
        "steps": _steps(notice),
        "closing": "如已报送过材料，请回复本邮件并写明受理编号，以便查询。如需尽快答复，请直接电话联系。",
    }
    return _plain(
        "question", f"question:{thread.recipient.lower()}:{day}", "申报方式说明", shown, thread=thread, post=post
    )


def _terms(notice: Notice) -> list[tuple[str, str]]:
    terms = [
        ("申报时间", f"{moment(notice.opens)}至{moment(notice.closes)}（以我方邮箱服务器收到时间为准）"),
        ("申报邮箱", notice.mailbox),
    ]
    return [*terms, ("活动官网", notice.website)] if notice.website else terms


def _steps(notice: Notice) -> list[str]:
    forms = "；".join(
        f"{'视频' if form.track == 'video' else '文字'}案例填写附件 {form.annex}《{form.name}》"
        for form in notice.forms
    )
    video = notice.video
    return [
        f"填写申报表：{forms}。各栏填写完整，每个案例单独填表。",
        "在“单位意见”栏加盖单位公章，将盖章的申报表扫描成 PDF 文件；Word 版和 PDF 盖章扫描版一并报送。",
        f"准备作品：文字成果控制在 {notice.text.max_words} 字以内；视频时长 {video.min_s / 60:.0f}–{video.max_s / 60:.0f} 分钟，"
        f"分辨率 {video.long_side}×{video.short_side} 及以上，配中文字幕，格式为 {'、'.join(video.containers)} 等。",
        "邮件主题标注“推荐单位名称+联系人+联系电话”；推荐作品标注“参赛者姓名（单位名称）+作品名称+联系电话”。",
        "视频较大时可使用邮箱的超大附件或网盘，请写明提取码，并确保链接在评选结束前有效。",
    ]


_PARAGRAPHS = {
    Decision.ACCEPTED: "您好！您申报的案例经工作人员复核，材料符合要求，现予受理，无需再次报送。",
    Decision.NEEDS_SUPPLEMENT: "您好！您申报的案例经工作人员复核，尚需补正。请按下列说明补充材料后，直接回复本邮件。",
    Decision.REJECTED: "您好！您申报的案例经工作人员复核，不予受理，现将有关情况告知如下。",
    Decision.MANUAL_REVIEW: "您好！您申报的案例仍在人工复核中，现将有关情况告知如下。",
    Decision.WITHDRAWN: "您好！您申报的案例已按要求撤回，不再参加评选。",
}


def compose_decision(
    record: CaseRecord, decision: Decision, note: str, thread: Thread, *, notice: Notice, post: PostOffice
) -> Letter:
    """Return the letter that tells an applicant what staff decided. `record` is the case before the decision.

    The key holds the record's last change: each decision of staff is told once.
    """
    case, number = record.case, record.case.number or ""
    facts = [("受理编号", number), ("案例题目", quote(case.title, 80)), ("案例类型", TRACKS[case.track])]
    facts += [("处理结果", RESULTS[decision])]
    facts += [("情况说明", quote(note, 1000))] if note.strip() else []
    if decision is Decision.NEEDS_SUPPLEMENT:
        facts += [("补正截止时间", f"{moment(notice.grace_ends())}（北京时间，以我方邮箱服务器收到时间为准）")]
    shown = {
        **_frame(notice, post),
        "salutation": _salutation([case], thread),
        "paragraphs": [_PARAGRAPHS[decision]],
        "facts": facts,
        "closing": choose(CLOSING.get(decision, CLOSING["rejected"]), thread.sha256 or "0"),
    }
    key = f"decision:{number}:{decision}:{record.updated_at.isoformat()}"
    return _plain(
        "decision", key, RESULTS[decision], shown, thread=thread, post=post, numbers=(number,) if number else ()
    )


def compose_fallback(message: MessageRecord, notice: Notice, post: PostOffice) -> Letter | None:
    """Return 已收到，人工复核中 for a mail that could not be read, or None where its sender is not known.

    The caller makes sure that no loop guard speaks against the mail.
    """
    thread = Thread.of_record(message, post.address)
    if thread is None:
        return None
    shown = {
        **_frame(notice, post),
        "salutation": salutation(None, None, thread.name),
        "paragraphs": [
            "您好！您的来信已收到并完整存档。来信内容较为特殊，系统未能自动核对，已转工作人员人工处理，处理结果将另行邮件告知。",
            "在此之前不必重复发送。您的报送时间以下列收到时间为准，不受人工处理进度影响。",
        ],
        "facts": [("收到时间", f"{second(message.received_at)}（北京时间，以我方邮箱服务器收到时间为准）")],
        "closing": "",
    }
    return _plain(
        "notice", f"fallback:{message.sha256}", RESULTS[Decision.MANUAL_REVIEW], shown, thread=thread, post=post
    )


def _plain(
    kind: str,
    key: str,
    result: str,
    shown: dict[str, object],
    *,
    thread: Thread,
    post: PostOffice,
    numbers: tuple[str, ...] = (),
) -> Letter:
    values = {"facts": [], "steps": [], "steps_title": "", **shown}
    draft = Draft(
        kind=kind,
        key=key,
        subject=reply_subject(thread.subject, numbers, result),
        text=render("plain.txt.j2", **values),
        html=render("plain.html.j2", **values),
        case_numbers=numbers,
    )
    return seal(draft, thread, post)


def _frame(notice: Notice, post: PostOffice) -> dict[str, object]:
    return {"notice": notice, "today": post.now.astimezone(SHANGHAI).date(), "width": _WIDTH}


def _salutation(cases: list[Case], thread: Thread) -> str:
    """Address the form's contact and unit where all cases agree on them, else the sender."""
    units, contacts = ({getattr(case, field) or "" for case in cases} for field in ("unit", "contact"))
    unit = quote(units.pop(), 40) if len(units) == 1 else None
    contact = contacts.pop() if len(contacts) == 1 else None
    return salutation(unit, contact, thread.name)
