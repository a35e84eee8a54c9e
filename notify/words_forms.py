"""In charge of the words for the application form: its copies, its seal, its fields (clause 四, annexes 1 and 2)."""

from domain.notice import Notice
from notify.evidence import Evidence
from notify.labels import label
from notify.phrasebook import Words, words
from notify.quoting import quoted
from notify.seal_words import why_unclear

TWO_COPIES = "每个案例报送申报表一式两份（Word 版和 PDF 盖章扫描版）"


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
        where="申报表 Word 版",
        found=_not_seen("申报表 Word 版", evidence),
        asked=TWO_COPIES,
        mend=f"{_if_not_within(evidence)}请补发填写完整的申报表 Word 版（.docx、.doc 或 .wps 文件）。",
    )


@words("missing_pdf_form", clause="四")
def missing_pdf_form(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where="申报表 PDF 盖章扫描版",
        found=_not_seen("申报表 PDF 盖章扫描版", evidence),
        asked=TWO_COPIES,
        mend=f"{_if_not_within(evidence)}请将申报表打印，在“单位意见”栏加盖单位公章，扫描成 PDF 文件后补发。",
    )


@words("image_scan_instead_of_pdf", clause="四")
def image_scan_instead_of_pdf(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=evidence.file(),
        found=f"盖章的申报表{evidence.file()}为图片，不是 PDF 文件",
        asked="盖章扫描版为 PDF 文件",
        mend="请将盖章的申报表扫描（或转换）成 PDF 文件后补发。",
    )


@words("ofd_form", clause="四")
def ofd_form(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=evidence.file(),
        found=f"盖章的申报表{evidence.file()}为 OFD 文件，不是 PDF 文件",
        asked="盖章扫描版为 PDF 文件",
        mend="请将该文件另存或打印为 PDF 文件后补发。",
    )


@words("pdf_not_stamped", clause="四")
def pdf_not_stamped(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=f"{evidence.file()}的“单位意见”栏",
        found="PDF 版申报表上未见单位公章",
        asked="PDF 版为加盖单位公章后的扫描件",
        mend="请将申报表打印，在“单位意见”栏加盖单位公章，彩色扫描成 PDF 文件后补发。",
    )


@words("seal_unclear", clause="四")
def seal_unclear(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=f"{evidence.file()}的“单位意见”栏",
        found="无法确认是否已加盖单位公章（可能为黑白扫描、印章颜色较浅或不完整）",
        asked="PDF 版为加盖单位公章后的扫描件",
        mend="请将盖章的申报表彩色扫描成 PDF 文件后补发，印章应完整、清晰。",
        staff=why_unclear(evidence.text("reason")),
    )


@words("seal_unit_mismatch", clause="四")
def seal_unit_mismatch(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where=f"{evidence.file()}的“单位意见”栏",
        found=f"印章文字识别为{evidence.quoted('seal')}，与申报单位{evidence.quoted('unit')}不一致",
        asked="加盖申报单位或推荐单位公章",
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
        found=f"两份申报表内容不一致：{differ}" if differ else "两份申报表内容不一致",
        asked="申报表一式两份，内容一致",
        mend="请核对后，将内容一致的 Word 版和 PDF 盖章扫描版一并补发。",
    )


def _value(text: str) -> str:
    return quoted(text, 40) if text else "空白"


@words("form_wrong_annex", clause="附件")
def form_wrong_annex(evidence: Evidence, notice: Notice) -> Words:
    used, expected = (_annex(evidence.number(key), notice) for key in ("annex", "expected"))
    track = "视频" if evidence.number("expected") == 2 else "文字"
    return Words(
        where=evidence.file(),
        found=f"所用申报表为{used}，与案例类型不符",
        asked=f"{track}案例填写{expected}",
        mend=f"请改用{expected}填写，并补发 Word 版和 PDF 盖章扫描版。",
    )


def _annex(number: float | None, notice: Notice) -> str:
    form = notice.form(int(number)) if number else None
    return f"附件 {form.annex}《{form.name}》" if form else "其他表格"


@words("field_missing", clause="附件")
def field_missing(evidence: Evidence, notice: Notice) -> Words:
    name = evidence.text("label") or label(evidence.parameter or evidence.text("field"), notice)
    where = f"{evidence.file()}的“{name}”栏" if evidence.text("file") else f"申报表“{name}”栏"
    return Words(
        where=where,
        found=f"“{name}”栏未填写，或仍为表中的提示文字",
        asked="申报表各栏填写完整",
        mend=f"请填写“{name}”，并补发填写完整的 Word 版和 PDF 盖章扫描版。",
    )


@words("commitment_missing", clause="三")
def commitment_missing(evidence: Evidence, notice: Notice) -> Words:
    where = f"{evidence.file()}的“单位意见”栏" if evidence.text("file") else "申报表“单位意见”栏"
    return Words(
        where=where,
        found="“单位意见”栏未见诚信承诺语句",
        asked=f"参评单位作出诚信承诺，“单位意见”栏保留“{notice.commitment}”字样",
        mend="请恢复该承诺语句，重新盖章、扫描后补发。",
    )


@words("phone_invalid", clause="附件")
def phone_invalid(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where="申报表“联系电话”栏",
        found=f"联系电话{evidence.quoted('value')}不是有效的电话号码，请核对位数",
        asked="填写 11 位手机号码，或带区号的固定电话",
        mend="请直接回复本邮件告知正确的联系电话，并在申报表中更正后补发。",
    )


@words("email_invalid", clause="附件")
def email_invalid(evidence: Evidence, notice: Notice) -> Words:
    return Words(
        where="申报表“邮箱”栏",
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
    if kind in _CLOSED:
        return _closed_archive(evidence, _CLOSED[kind])
    actual = f"（文件实为{_FORMATS[kind]}）" if kind in _FORMATS else ""
    return Words(
        where=evidence.file(),
        found=f"申报表{evidence.file()}无法自动识别{actual}",
        asked=TWO_COPIES,
        mend="请使用《通知》所附申报表，以 Word 文档（.docx）填写后补发，表格样式请勿改动。",
    )


def _closed_archive(evidence: Evidence, why: str) -> Words:
    return Words(
        where=evidence.file(),
        found=f"压缩包{evidence.file()}{why}",
        asked=TWO_COPIES,
        mend="请将申报表和作品直接作为附件发送，或压缩成单个 zip 文件后补发。",
    )
