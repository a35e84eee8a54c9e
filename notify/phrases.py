"""In charge of openings and closings that vary: NetEase refuses the third letter that reads like the first two (554 DT:SPM)."""

import re

_NAME = re.compile(r"[\u4e00-\u9fff·]{2,12}(?:、[\u4e00-\u9fff·]{2,12})?")
_OWN_NAME = re.compile(r"[\u4e00-\u9fff]{2,3}")  #: what a mailbox calls itself is a person's name at most so long
_OFFICE = re.compile(r"(?:公司|单位|委员会|中心|协会|集团|银行|法院|政府|办公室|办|局|院|部|处|科|组)$")

FIRST = (
    "您好！您发来的申报材料我们已经收到。经核对，现将有关情况回复如下：",
    "您好！感谢贵单位参加评选活动。来信及附件均已收悉，核对情况如下：",
    "您好！来信收悉，感谢支持。我们对照《通知》要求对材料作了核对，结果如下：",
    "您好！贵单位报送的材料已登记在册，现就核对结果向您反馈：",
    "您好！已收到贵单位的申报邮件。对照《通知》各项要求，核对结果如下：",
    "您好！您的来信已送达并登记。以下是本次申报材料的核对情况，请查阅：",
)
AGAIN = (
    "您好！您补充的材料已经收到，并归入原案例。目前的核对情况如下：",
    "您好！补充材料收悉。我们已将其与此前报送的材料合并核对，结果如下：",
    "您好！感谢您及时补充。新材料已登记，合并核对后的情况如下：",
    "您好！您本次发来的材料已并入原申报案例，最新情况反馈如下：",
    "您好！来信收悉，补充内容已更新到案例档案中，现将最新结果告知您：",
)
FETCHED = (
    "您好！您以下载链接报送的文件，工作人员已下载并归入案例。对照《通知》要求核对，结果如下：",
    "您好！贵单位通过链接报送的材料，我们已下载存档，现将核对情况反馈如下：",
    "您好！您来信中下载链接所指的文件已由工作人员取得，合并核对后的情况如下：",
    "您好！下载链接中的材料已下载并登记在册，最新核对结果告知如下：",
)
CLOSING = {
    "accepted": (
        "材料已齐全，无需再次报送。感谢您对活动的支持！",
        "以上案例已完成受理，请保持联系电话畅通。感谢参与！",
        "材料核对无误，后续如有需要我们会与您联系。感谢支持！",
    ),
    "needs_supplement": (
        "补正时请直接回复本邮件，并保留主题中的受理编号；只需发送上面列出的材料，已符合要求的不必重发。",
        "请按上述说明补正，直接回复本邮件即可（主题中的受理编号请勿删除），已符合要求的材料无需再发。",
        "如需补正，请在本邮件基础上回复，保留主题中的受理编号，并只附上需要补正的材料。",
    ),
    "manual_review": (
        "工作人员将尽快完成核对，如需您补充会另行告知，目前无需重复报送。如有补充，请直接回复本邮件，并保留主题中的受理编号。",
        "人工复核完成后，我们会通过邮件告知结果，在此之前不必重复发送。需要补充说明的，请直接回复本邮件并保留受理编号。",
        "该申报已转工作人员复核，请您留意后续邮件。如需补充材料，请回复本邮件，主题中的受理编号请予保留。",
    ),
    "rejected": (
        "感谢您对活动的关注与支持，敬请谅解。",
        "对此我们深表遗憾，感谢您的理解与支持。",
    ),
}

CLOSING_WITHOUT_NUMBER = {
    "accepted": "感谢您对活动的关注与支持！",
    "needs_supplement": "重新发送时，请直接回复本邮件，并附上全部材料。",
    "manual_review": "工作人员将尽快查看，并通过邮件告知结果，目前无需重复报送。",
    "rejected": "感谢您对活动的关注与支持，敬请谅解。",
}


def closing(decision: str, seed: str, *, numbered: bool) -> str:
    """Return how a letter ends, by its result; `numbered`: there is a receipt number to keep in the subject."""
    result = decision if decision in CLOSING else "manual_review"
    return choose(CLOSING[result], seed) if numbered else CLOSING_WITHOUT_NUMBER[result]


def choose(choices: tuple[str, ...], seed: str) -> str:
    """Return one of the choices, always the same for a seed (a hex digest)."""
    return choices[int(seed[:8] or "0", 16) % len(choices)]


def salutation(unit: str | None, contact: str | None, sender: str) -> str:
    """Return whom a letter addresses: 昌乐县信用办 郑九同志; what is no plain name is left out, never repeated."""
    own = sender if _OWN_NAME.fullmatch(sender or "") else None
    name = next((text for text in (contact, own) if text and _NAME.fullmatch(text) and not _OFFICE.search(text)), "")
    office = unit or (sender if _OFFICE.search(sender or "") else "")
    person = f"{name}同志" if name else ""
    return " ".join(filter(None, (office, person))) or "尊敬的参评单位"
