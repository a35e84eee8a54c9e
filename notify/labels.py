"""In charge of what things are called in letters: fields by their label on the form, roles, decisions, tracks."""

from domain.kinds import Decision, MessageKind, Role, Track
from domain.notice import Notice
from notify.figures import numeral

RESULTS = {
    Decision.ACCEPTED: "已受理",
    Decision.NEEDS_SUPPLEMENT: "需补正",
    Decision.MANUAL_REVIEW: "已收到，人工复核中",
    Decision.REJECTED: "不予受理",
    Decision.WITHDRAWN: "已撤回",
    Decision.DUPLICATE: "重复来信",
    Decision.IGNORED: "无需处理",
}
ROLES = {
    Role.WORD_FORM: "申报表（Word 版）",
    Role.PDF_FORM: "申报表（PDF 盖章扫描版）",
    Role.IMAGE_FORM: "申报表盖章页（图片）",
    Role.VIDEO: "视频作品",
    Role.TEXT_WORK: "文字成果",
    Role.IMAGE: "配图",
    Role.ARCHIVE: "压缩包",
    Role.MESSAGE: "转发邮件",
    Role.OTHER: "其他材料",
    Role.REJECTED: "未予采用的文件",
}
KINDS = {
    MessageKind.SUBMISSION: "申报",
    MessageKind.SUPPLEMENT: "补充材料",
    MessageKind.CORRECTION: "更正",
    MessageKind.DUPLICATE: "重复来信",
    MessageKind.QUESTION: "咨询",
    MessageKind.AUTO_REPLY: "自动回复",
    MessageKind.BOUNCE: "退信",
    MessageKind.BULK: "群发邮件",
    MessageKind.OWN: "本邮箱发出",
    MessageKind.UNRELATED: "无关邮件",
}
TRACKS = {Track.TEXT: "文字案例", Track.VIDEO: "视频案例"}
_OTHERS = {"unit": "单位名称", "participant": "参赛者姓名"}


def label(field: str, notice: Notice, annex: int | None = None) -> str:
    """Return a field's label as printed on the form; where the annexes differ and none is given, both: 案例题目（视频名称）."""
    if field == "body":
        return notice.content
    if field in _OTHERS:
        return _OTHERS[field]
    forms = [form for form in notice.forms if annex in (None, form.annex)]
    printed = list(dict.fromkeys(form.labels[field][0] for form in forms if form.labels.get(field)))
    if not printed:
        return field
    return printed[0] if len(printed) == 1 else f"{printed[0]}（{'、'.join(printed[1:])}）"


def numeral_heading(index: int, total: int) -> str:
    """Return 案例一, 案例二 …, or 申报案例 where there is only one."""
    return "申报案例" if total == 1 else f"案例{numeral(index)}"
