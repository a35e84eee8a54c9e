"""In charge of letters about a case's own fate: withdrawn by its applicant, merged with another, split in two."""

from collections.abc import Sequence

from domain.case import Outcome
from domain.kinds import Decision
from domain.notice import Notice
from domain.records import CaseRecord, Letter
from notify.labels import RESULTS, TRACKS
from notify.letters import PostOffice
from notify.phrases import closing
from notify.plain import addressed, frame, plain
from notify.quoting import quote
from notify.replies import open_points
from notify.thread import Thread

REQUESTED = "withdrawal_requested"  #: code of the finding on a message, or a case, whose withdrawal was asked for


def asks_to_withdraw(outcome: Outcome) -> bool:
    """Tell whether a message was taken for a request to withdraw."""
    return any(finding.code == REQUESTED for finding in outcome.findings)


def compose_withdrawal(
    outcome: Outcome, records: Sequence[CaseRecord], notice: Notice, post: PostOffice
) -> Letter | None:
    """Return the letter about a request to withdraw; `records` are the cases it is about, as they stood before.

    None where nothing came of it: the case was withdrawn before, and its applicant told. Titles are repeated only to
    whom the case is.
    """
    thread = Thread.of(outcome.reading.mail, *post.own)
    done = all(ruling.decision is Decision.WITHDRAWN for ruling in outcome.rulings)
    if thread is None or (done and not outcome.rulings and outcome.decision is Decision.IGNORED):
        return None
    settled = done and bool(outcome.rulings)
    numbers = tuple(ruling.number for ruling in outcome.rulings)
    shown = {
        **frame(notice, post),
        "salutation": addressed([record.case for record in records] if settled else [], thread),
        "paragraphs": list(_SETTLED if settled else _LOOKED_INTO),
        "facts": [fact for record in records for fact in _facts(record)] if settled else _named(numbers),
        "closing": _BACK if settled else _MEANWHILE,
    }
    result = RESULTS[Decision.WITHDRAWN if settled else Decision.MANUAL_REVIEW]
    key = f"withdrawal:{outcome.reading.mail.sha256}"
    return plain("withdrawal", key, result, shown, thread=thread, post=post, numbers=numbers)


_SETTLED = ("您好！来信收悉。按您的要求，下列案例已撤回，不再参加评选；已报送的材料存档备查。",)
_BACK = "如撤回并非您的本意，或需恢复参评，请尽快直接回复本邮件说明，由工作人员办理。"
_LOOKED_INTO = ("您好！您关于撤回申报的来信已收到。为避免误撤，工作人员将与您核实后办理，结果另行邮件告知。",)
_MEANWHILE = "核实之前，申报材料继续保留，无需重复来信。如系误解，请直接回复本邮件说明。"


def _facts(record: CaseRecord) -> list[tuple[str, str]]:
    case = record.case
    return [
        ("受理编号", case.number or ""),
        ("案例题目", quote(case.title, 80) or "（未填写）"),
        ("案例类型", TRACKS[case.track]),
    ]


def _named(numbers: tuple[str, ...]) -> list[tuple[str, str]]:
    return [("受理编号", "、".join(numbers))] if numbers else []


def compose_regrouped(record: CaseRecord, told: str, thread: Thread, *, notice: Notice, post: PostOffice) -> Letter:
    """Return the letter that tells of a case merged or split; `record` is the case as it stands now, `told` what was done."""
    number, decision = record.case.number or "", record.decision
    shown = {
        **frame(notice, post),
        "salutation": addressed([record.case], thread),
        "paragraphs": [told],
        "facts": [*_facts(record), ("当前状态", RESULTS[decision])],
        "closing": closing(decision, thread.sha256 or "0", numbered=True),
    }
    if decision is Decision.NEEDS_SUPPLEMENT:
        shown |= {"steps_title": "需要补正的内容", "steps": open_points(record, notice)}
    key = f"regrouped:{number}:{record.updated_at.isoformat()}:{thread.recipient.lower()}"
    return plain("decision", key, RESULTS[decision], shown, thread=thread, post=post, numbers=(number,))


def merged_words(number: str, gone: str) -> str:
    """Return what an applicant is told of two cases that became one."""
    return f"您好！经工作人员核对，受理编号 {gone} 与 {number} 为同一案例，现已合并，以 {number} 为准；已报送的材料全部保留，无需重复报送。"


def split_words(number: str, new: str) -> str:
    """Return what an applicant is told of a case that became two."""
    return f"您好！经工作人员核对，受理编号 {number} 的材料包含两个案例，现已分开办理，另一案例的受理编号为 {new}；已报送的材料全部保留，无需重复报送。"
