"""In charge of the words for the application form: its copies, its seal, its fields (clause 四, annexes 1 and 2)."""

from domain.kinds import Role, Track
from domain.notice import Notice
from notify.evidence import Evidence
from notify.labels import label
from notify.phrasebook import Words, words
from notify.quoting import quoted
from notify.seal_words import why_unclear
from notify.volume_words import incomplete_archive, send_whole


def needed(notice: Notice) -> set[Role]:
    """Return what entries need, of whatever track."""
    return {role for form in notice.forms for role in form.needs}


def two_copies(notice: Notice) -> str:
    """Return which copies of the form each entry needs."""
    words = notice.words
    if {Role.WORD_FORM, Role.PDF_FORM} <= needed(notice):
        return f"每{words.measure}{words.entry}报送{words.form}一式两份（{copies(notice)}）"
    return f"每{words.measure}{words.entry}报送{words.form} {copies(notice)}"


def copies(notice: Notice) -> str:
    """Return the copies of the form that are asked for: Word 版和 PDF 盖章扫描版."""
    names = {Role.WORD_FORM: "Word 版", Role.PDF_FORM: notice.words.scan}
    return "和 ".join(name for role, name in names.items() if role in needed(notice))


def _not_seen(what: str, evidence: Evidence) -> str:
    """Say that something did not come, or may be in what nobody could open yet."""
    if evidence.items("unopened"):
        return f"暂未见{what}，可能在尚未打开的压缩包或下载链接中，待工作人员核实"
    return f"未收到{what}"


def _if_not_within(evidence: Evidence) -> str:
    return "如未包含在其中，" if evidence.items("unopened") else ""


@words("missing_word_form", clause="四")
def missing_word_form(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=f"{notice.words.form} Word 版",
        found=_not_seen(f"{notice.words.form} Word 版", evidence),
        asked=two_copies(notice),
        mend=f"{_if_not_within(evidence)}请补发填写完整的{notice.words.form} Word 版（.docx、.doc 或 .wps 文件）。",
    )


@words("missing_pdf_form", clause="四")
def missing_pdf_form(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=f"{notice.words.form} {notice.words.scan}",
        found=_not_seen(f"{notice.words.form} {notice.words.scan}", evidence),
        asked=two_copies(notice),
        mend=f"{_if_not_within(evidence)}{_how_to_make_the_scan(notice)}",
    )


def _how_to_make_the_scan(notice: Notice) -> str:
    if notice.stamped:
        return f"请将{notice.words.form}打印，在“{notice.opinion}”栏加盖单位公章，扫描成 PDF 文件后补发。"
    return f"请将填写完整的{notice.words.form}另存为 PDF 文件后补发。"


@words("image_scan_instead_of_pdf", clause="四")
def image_scan_instead_of_pdf(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=evidence.file(),
        found=f"盖章的{notice.words.form}{evidence.file()}为图片，不是 PDF 文件",
        asked="盖章扫描版为 PDF 文件",
        mend=f"请将盖章的{notice.words.form}扫描（或转换）成 PDF 文件后补发。",
    )


@words("ofd_form", clause="四")
def ofd_form(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=evidence.file(),
        found=f"盖章的{notice.words.form}{evidence.file()}为 OFD 文件，不是 PDF 文件",
        asked="盖章扫描版为 PDF 文件",
        mend="请将该文件另存或打印为 PDF 文件后补发。",
    )


@words("pdf_not_stamped", clause="四")
def pdf_not_stamped(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=f"{evidence.file()}的“{notice.opinion}”栏",
        found=f"PDF 版{notice.words.form}上未见单位公章",
        asked="PDF 版为加盖单位公章后的扫描件",
        mend=f"请将{notice.words.form}打印，在“{notice.opinion}”栏加盖单位公章，彩色扫描成 PDF 文件后补发。",
    )


@words("seal_unclear", clause="四")
def seal_unclear(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=f"{evidence.file()}的“{notice.opinion}”栏",
        found="无法确认是否已加盖单位公章（可能为黑白扫描、印章颜色较浅或不完整）",
        asked="PDF 版为加盖单位公章后的扫描件",
        mend=f"请将盖章的{notice.words.form}彩色扫描成 PDF 文件后补发，印章应完整、清晰。",
        staff=why_unclear(evidence.text("reason")),
    )


@words("seal_unit_mismatch", clause="四")
def seal_unit_mismatch(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=f"{evidence.file()}的“{notice.opinion}”栏",
        found=f"印章文字识别为{evidence.quoted('seal')}，与{notice.words.apply}单位{evidence.quoted('unit')}不一致",
        asked=f"加盖{notice.words.apply}单位或推荐单位公章",
        mend="如盖章有误，请重新盖章、扫描后补发；如属推荐单位盖章或单位更名，请回复说明。",
    )


@words("word_pdf_mismatch", clause="四")
def word_pdf_mismatch(evidence: Evidence, notice: Notice) -> Words:
    fields = evidence.pairs("fields").items()
    differ = "；".join(
        f"“{label(field, notice)}”栏 Word 版为{_value(word)}，PDF 版为{_value(pdf)}" for field, (word, pdf) in fields
    )
    return Words(
        where=f"{evidence.file('word')}与{evidence.file('pdf')}",
        found=f"两份{notice.words.form}内容不一致：{differ}" if differ else f"两份{notice.words.form}内容不一致",
        asked=f"{notice.words.form}一式两份，内容一致",
        mend=f"请核对后，将内容一致的 {copies(notice)}一并补发。",
    )


def _value(text: str) -> str:
    return quoted(text, 40) if text else "空白"


@words("form_wrong_annex", clause="附件")
def form_wrong_annex(evidence: Evidence, notice: Notice) -> Words:
    used, expected = (_annex(evidence.number(key), notice) for key in ("annex", "expected"))
    form = notice.form(int(evidence.number("expected") or 0))
    track = notice.words.of_track(Track(form.track)) if form else notice.words.entry
    return Words(
        where=evidence.file(),
        found=f"所用{notice.words.form}为{used}，与{notice.words.entry}类型不符",
        asked=f"{track}填写{expected}",
        mend=f"请改用{expected}填写，并补发 {copies(notice)}。",
    )


def _annex(number: float | None, notice: Notice) -> str:
    form = notice.form(int(number)) if number else None
    return f"附件 {form.annex}《{form.name}》" if form else "其他表格"


@words("field_missing", clause="附件")
def field_missing(evidence: Evidence, notice: Notice) -> Words:
    name = evidence.text("label") or label(evidence.parameter or evidence.text("field"), notice)
    return Words(
        where=_cell(name, evidence, notice),
        found=f"“{name}”栏未填写，或仍为表中的提示文字",
        asked=f"{notice.words.form}各栏填写完整",
        mend=f"请填写“{name}”，并补发填写完整的 {copies(notice)}。",
    )


def _cell(name: str, evidence: Evidence, notice: Notice) -> str:
    return f"{evidence.file()}的“{name}”栏" if evidence.text("file") else f"{notice.words.form}“{name}”栏"


@words("commitment_missing", clause="三")
def commitment_missing(evidence: Evidence, notice: Notice) -> Words:
    promise = "参评单位作出诚信承诺，" if notice.stamped else ""
    return Words(
        where=_cell(notice.opinion, evidence, notice),
        found=f"“{notice.opinion}”栏未见诚信承诺语句",
        asked=f"{promise}“{notice.opinion}”栏保留“{notice.commitment}”字样",
        mend="请恢复该承诺语句，重新盖章、扫描后补发。"
        if notice.stamped
        else f"请恢复该承诺语句，补发 {copies(notice)}。",
    )


@words("phone_invalid", clause="附件")
def phone_invalid(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=f"{notice.words.form}“{label('phone', notice)}”栏",
        found=f"联系电话{evidence.quoted('value')}不是有效的电话号码，请核对位数",
        asked="填写 11 位手机号码，或带区号的固定电话",
        mend=f"请直接回复本邮件告知正确的联系电话，并在{notice.words.form}中更正后补发。",
    )


@words("email_invalid", clause="附件")
def email_invalid(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=f"{notice.words.form}“{label('email', notice)}”栏",
        found=f"邮箱{evidence.quoted('value')}不是有效的电子邮箱地址",
        asked="填写可正常收信的电子邮箱",
        mend="请回复本邮件告知正确的邮箱地址。",
    )


_FORMATS = {
    "odt": "ODT 文档", "rtf": "RTF 文档", "html": "网页文件", "text": "纯文本", "spreadsheet": "表格文件", "presentation": "演示文稿",
}  # fmt: skip
_CLOSED = {"unsupported": "为暂不支持自动解压的格式", "volume": "为分卷压缩包的一部分，缺少其余分卷"}


@words("form_unreadable", clause="四")
def form_unreadable(evidence: Evidence, notice: Notice) -> Words:
    kind = evidence.text("kind")
    if kind == "volume" and evidence.items("here"):
        return incomplete_archive(evidence, notice, two_copies(notice))
    if kind in _CLOSED:
        return _closed_archive(evidence, _CLOSED[kind], notice)
    actual = f"（文件实为{_FORMATS[kind]}）" if kind in _FORMATS else ""
    return Words(
        where=evidence.file(),
        found=f"{notice.words.form}{evidence.file()}无法自动识别{actual}",
        asked=two_copies(notice),
        mend=f"请使用《通知》所附{notice.words.form}，以 Word 文档（.docx）填写后补发，表格样式请勿改动。",
    )


def _closed_archive(evidence: Evidence, why: str, notice: Notice) -> Words:
    return Words(
        where=evidence.file(),
        found=f"压缩包{evidence.file()}{why}",
        asked=two_copies(notice),
        mend=f"请{send_whole(notice)}",
    )
