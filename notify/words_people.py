"""In charge of the words for what people did to a case by their words: asked to withdraw it, sent something after that."""

from domain.notice import Notice
from notify.evidence import Evidence
from notify.phrasebook import Words, words
from notify.quoting import quote

_DOUBTS = {
    "question": "带有询问语气", "condition": "附有条件", "negation": "含有否定或恢复的说法", "replacement": "可能只是更换材料",
    "object": "可能只是撤回邮件或文件", "part": "可能只涉及部分案例", "number": "未明确是哪个案例", "sender": "来信人不是该案例的原申报邮箱",
    "materials": "同时报送了材料",
}  # fmt: skip


@words("withdrawal_requested")
def withdrawal_requested(evidence: Evidence, notice: Notice) -> Words:
    doubts = "；".join(
        notice.words.said(_DOUBTS[name]) for name in map(str, evidence.items("doubts")) if name in _DOUBTS
    )
    staff = "，".join(
        filter(None, (f"来信人 {quote(evidence.text('from'), 60)}" if evidence.text("from") else "", doubts))
    )
    said = f"：{evidence.quoted('words', 80)}" if evidence.text("words") else ""
    return Words(
        where="来信",
        found=f"来信提出撤回{notice.words.apply}{said}",
        asked=f"由原{notice.words.apply}邮箱写明受理编号后提出",
        mend="工作人员将与您核实后办理。",
        staff=staff,
    )


@words("withdrawn_before")
def withdrawn_before(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=notice.words.entry,
        found=f"该{notice.words.entry}此前已按要求撤回",
        asked="由工作人员确认是否恢复参评",
        mend="如需恢复参评，请回复说明；确认结果将另行告知。",
    )
