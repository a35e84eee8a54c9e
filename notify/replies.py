"""In charge of which reply a message gets, and of composing it. Leaves bytes to `letters`, sending to `outbox`.

Every letter is composed from values alone: composing twice gives the same letter.
"""

import re
from datetime import datetime

from domain.case import Case, Outcome
from domain.kinds import Decision, MessageKind, Severity
from domain.notice import SHANGHAI, Notice
from domain.records import CaseRecord, Letter, MessageRecord
from notify import guidance
from notify.case_view import points, stray_items, to_send_anew, view
from notify.figures import moment, second
from notify.labels import RESULTS, TRACKS
from notify.letters import Draft, PostOffice, seal
from notify.pages import render
from notify.phrases import AGAIN, FETCHED, FIRST, choose, closing, salutation
from notify.plain import addressed, frame, plain
from notify.quoting import quote
from notify.thread import Thread, reply_subject

_NUMBER = re.compile(r"\d{4}-[A-Z]-\d{4,}")
_ADDS = (MessageKind.SUPPLEMENT, MessageKind.CORRECTION)


def compose(outcome: Outcome, notice: Notice, post: PostOffice) -> Letter | None:
    """Return the one reply a message gets, or None: automatic and unrelated mail, second copies, nobody to answer."""
    thread = Thread.of(outcome.reading.mail, *post.own)
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
    shown = receipt_values(outcome, thread, notice, post)
    numbers = tuple(verdict.case.number for verdict in outcome.verdicts if verdict.case.number)
    draft = Draft(
        kind="receipt",
        key=f"receipt:{outcome.reading.mail.sha256}",
        subject=reply_subject(thread.subject, numbers, RESULTS[outcome.decision]),
        text=render("receipt.txt.j2", **shown),
        html=render("receipt.html.j2", **shown),
        case_numbers=numbers,
    )
    return seal(draft, thread, post)


def receipt_values(outcome: Outcome, thread: Thread, notice: Notice, post: PostOffice) -> dict[str, object]:
    """Return what the letter about a mail with materials shows, by the names its templates use."""
    reading = outcome.reading
    cases = [verdict.case for verdict in outcome.verdicts]
    numbers = tuple(case.number for case in cases if case.number)
    anew = to_send_anew(reading, (finding for verdict in outcome.verdicts for finding in verdict.findings))
    return {
        **frame(notice, post),
        "salutation": addressed(cases, thread, reading.subject),
        "opening": notice.words.said(choose(_openings(outcome), reading.mail.sha256)),
        "numbers": numbers,
        "received": reading.received_at,
        "result": RESULTS[outcome.decision],
        "decision": outcome.decision,
        "points": points(outcome.findings, notice, outcome.decision),
        "due": _due(outcome, notice),
        "cases": [view(v, reading, outcome.changes.get(v.case.number or "", {}), notice) for v in outcome.verdicts],
        "others": stray_items(reading.mail.parts, outcome.roles, cases, notice),
        "closing": notice.words.said(
            closing(outcome.decision, reading.mail.sha256[8:], numbered=bool(numbers) and not anew)
        ),
    }


def _openings(outcome: Outcome) -> tuple[str, ...]:
    if outcome.reading.mail.fetched:
        return FETCHED
    return AGAIN if outcome.kind in _ADDS else FIRST


def _due(outcome: Outcome, notice: Notice) -> datetime | None:
    """Return until when what is wrong with the mail as a whole may be mended, where no case says so itself."""
    faults = any(finding.severity is Severity.ERROR for finding in outcome.findings)
    told = any(verdict.decision is Decision.NEEDS_SUPPLEMENT for verdict in outcome.verdicts)
    ends = notice.grace_ends() if outcome.verdicts else notice.closes
    return ends if faults and not told and outcome.reading.received_at <= ends else None


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
        **frame(notice, post),
        "salutation": addressed([verdict.case for verdict in outcome.verdicts], thread),
        "paragraphs": ["您好！您本次发来的材料与此前已登记的材料相同，无需重复报送，仍以原受理编号为准。"],
        "facts": facts,
        "closing": "如本意是更正或补充，请在更新材料后直接回复本邮件，并保留主题中的受理编号。",
    }
    return plain(
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
        **frame(notice, post),
        "salutation": salutation(None, None, thread.name),
        "paragraphs": guidance.paragraphs(notice, outcome.reading.received_at),
        "facts": guidance.terms(notice),
        "steps_title": "申报步骤",
        "steps": guidance.steps(notice),
        "closing": "如已报送过材料，请回复本邮件并写明受理编号，以便查询。如需尽快答复，请直接电话联系。",
    }
    return plain(
        "question",
        f"question:{thread.recipient.lower()}:{day}",
        notice.words.said("申报方式说明"),
        shown,
        thread=thread,
        post=post,
    )


_PARAGRAPHS = {
    Decision.ACCEPTED: "您好！您申报的案例经工作人员复核，材料符合要求，现予受理，无需再次报送。",
    Decision.NEEDS_SUPPLEMENT: "您好！您申报的案例经工作人员复核，尚需补正。请按下列说明补充材料后，直接回复本邮件。",
    Decision.REJECTED: "您好！您申报的案例经工作人员复核，不予受理，现将有关情况告知如下。",
    Decision.MANUAL_REVIEW: "您好！您申报的案例仍在人工复核中，现将有关情况告知如下。",
    Decision.WITHDRAWN: "您好！您申报的案例已按要求撤回，不再参加评选。",
}
_CLOSES_LIKE = {Decision.WITHDRAWN: Decision.REJECTED}


def compose_decision(
    record: CaseRecord, decision: Decision, note: str, thread: Thread, *, notice: Notice, post: PostOffice
) -> Letter:
    """Return the letter that tells an applicant what staff decided. `record` is the case before the decision.

    The key holds the record's last change: each decision of staff is told once.
    """
    number = record.case.number or ""
    shown = {
        **frame(notice, post),
        "salutation": addressed([record.case], thread),
        "paragraphs": [_PARAGRAPHS[decision]],
        "facts": _decision_facts(record.case, decision, note, notice, post),
        "closing": closing(_CLOSES_LIKE.get(decision, decision), thread.sha256 or "0", numbered=True),
    }
    if decision is Decision.NEEDS_SUPPLEMENT and not note.strip():
        shown |= {"steps_title": "需要补正的内容", "steps": open_points(record, notice)}
    key = f"decision:{number}:{decision}:{record.updated_at.isoformat()}"
    numbers = (number,) if number else ()
    return plain("decision", key, RESULTS[decision], shown, thread=thread, post=post, numbers=numbers)


def _decision_facts(
    case: Case, decision: Decision, note: str, notice: Notice, post: PostOffice
) -> list[tuple[str, str]]:
    facts = [("受理编号", case.number or ""), ("案例题目", quote(case.title, 80)), ("案例类型", TRACKS[case.track])]
    facts += [("处理结果", RESULTS[decision])]
    facts += [("情况说明", quote(note, 1000))] if note.strip() else []
    if decision is Decision.NEEDS_SUPPLEMENT and post.now <= notice.grace_ends():
        facts += [("补正截止时间", f"{moment(notice.grace_ends())}（北京时间，以我方邮箱服务器收到时间为准）")]
    return facts


def open_points(record: CaseRecord, notice: Notice) -> list[str]:
    """Return what stands against the case, for staff who ask for a supplement without a word of their own."""
    open_ = points(record.findings, notice, Decision.NEEDS_SUPPLEMENT)
    return [words.message for words in (*open_.errors, *open_.reviews)]


def compose_fallback(message: MessageRecord, notice: Notice, post: PostOffice) -> Letter | None:
    """Return 已收到，人工复核中 for a mail that could not be read, or None where its sender is not known.

    The caller makes sure that no loop guard speaks against the mail.
    """
    thread = Thread.of_record(message, *post.own)
    if thread is None:
        return None
    shown = {
        **frame(notice, post),
        "salutation": salutation(None, None, thread.name),
        "paragraphs": [
            "您好！您的来信已收到并完整存档。来信内容较为特殊，系统未能自动核对，已转工作人员人工处理，处理结果将另行邮件告知。",
            "在此之前不必重复发送。您的报送时间以下列收到时间为准，不受人工处理进度影响。",
        ],
        "facts": [("收到时间", f"{second(message.received_at)}（北京时间，以我方邮箱服务器收到时间为准）")],
        "closing": "",
    }
    return plain(
        "notice", f"fallback:{message.sha256}", RESULTS[Decision.MANUAL_REVIEW], shown, thread=thread, post=post
    )
