"""In charge of the part each file plays in a submission: its content decides, its name only where content is closed to us."""

import re
from dataclasses import dataclass

from domain.facts import FileFacts, FormFields
from domain.kinds import ARCHIVES, WORD, Kind, Role
from domain.mail import Mail, Part
from domain.notice import Notice
from domain.text import fold

_FORM_NAME = re.compile(r"申报|推荐表|报名表|登记表|盖章|扫描|签章|附件[12一二]")
_WORD_NAME = re.compile(r"\.(?:docx?|wps)$", re.IGNORECASE)
_FIELDS = ("title", "contact", "phone", "email", "address", "highlights", "content")
_PLAIN_LABEL = 4  #: characters; a shorter label (电话, 邮箱) may stand in any text
_VIDEO_NAME = re.compile(r"\.(?:mp4|mov|avi|mpe?g|mkv|wmv|flv|m4v|rmvb)$", re.IGNORECASE)
_NO_VIDEO = (Kind.TEXT, Kind.HTML, Kind.AUDIO, Kind.EMPTY, Kind.OTHER)
#: How official letters and documents are headed; a case may quote one in its text, but does not open with it.
_HEADED = re.compile(r"^.{0,30}关于.{2,60}(?:函|请示|报告|通知|批复|意见)$")
_SUPPORTS = re.compile(
    r"函$|请示|汇总表|目录|名单|承诺书|授权书|佐证|支撑材料|证明|批复|推荐信|推荐意见|(?:单位|公司|企业)简介"
)
_SOME_TEXT = 50  #: 字; below, a document is a cover note and no work


@dataclass(frozen=True)
class Placed:
    """A part in its role. A file with several forms stands once for each."""

    part: Part
    facts: FileFacts
    role: Role
    form: FormFields | None = None

    @property
    def folder(self) -> str:
        return self.part.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        return fold(self.part.filename.rpartition(".")[0])


def place(mail: Mail, facts: dict[str, FileFacts], notice: Notice, body: Part | None = None) -> tuple[Placed, ...]:
    """Return every part of a mail in its role, in the order of the mail; a form pasted into its text comes last."""
    placed: list[Placed] = []
    for part in (*mail.parts, *((body,) if body else ())):
        told = facts.get(part.sha256) or FileFacts(parser="", version=0)
        if _is_notice(told, notice):
            placed.append(Placed(part, told, Role.OTHER))
            continue
        role = role_of(part, told, notice)
        forms: tuple[FormFields | None, ...] = told.forms if told.forms and not part.decoration else (None,)
        placed += [Placed(part, told, role, form) for form in forms]
    return _without_supports(_without_blank_templates(tuple(placed)))


def is_filled(form: FormFields) -> bool:
    """Tell whether anybody wrote into a form."""
    return any(form.value(field) for field in (*_FIELDS, *dict(form.more)))


def _is_notice(facts: FileFacts, notice: Notice) -> bool:
    """Tell whether a file is the notice passed on, its annexes blank."""
    quoted = sum(word in fold(facts.text) for word in notice.words.notice_headings) >= 3
    return quoted and not any(map(is_filled, facts.forms))


def _without_supports(placed: tuple[Placed, ...]) -> tuple[Placed, ...]:
    """Take covering letters and papers that prove something for no work, where there is a form to tell the case."""
    titles = [fold(item.form.title) for item in placed if item.form and item.form.title]
    if not any(item.form for item in placed):
        return placed
    return tuple(
        Placed(item.part, item.facts, Role.OTHER) if item.role is Role.TEXT_WORK and _supports(item, titles) else item
        for item in placed
    )


def _supports(item: Placed, titles: list[str]) -> bool:
    opening = [line.strip() for line in item.facts.text.strip().split("\n")[:4]]
    if any(map(_HEADED.match, opening)):
        return True
    return bool(_SUPPORTS.search(item.name)) and not any(title in item.name for title in titles)


def _without_blank_templates(placed: tuple[Placed, ...]) -> tuple[Placed, ...]:
    """Pass over the empty form that came along with a filled one."""
    filled = {item.part.path for item in placed if item.form and is_filled(item.form)}
    if not filled:
        return placed
    return tuple(
        Placed(item.part, item.facts, Role.OTHER) if item.form and not is_filled(item.form) else item
        for item in placed
        if not (item.form and not is_filled(item.form) and item.part.path in filled)
    )


def role_of(part: Part, facts: FileFacts, notice: Notice) -> Role:
    """Return the part a file plays by itself, whatever came beside it."""
    if part.kind is Kind.EXECUTABLE:
        return Role.REJECTED
    if part.decoration:
        return Role.OTHER
    if part.kind in ARCHIVES or part.kind is Kind.TNEF:
        return Role.ARCHIVE
    if part.kind in _NO_VIDEO and _VIDEO_NAME.search(part.filename):
        return Role.VIDEO  # its sender takes it for one: what it is instead is told
    match part.kind:
        case Kind.MESSAGE:
            return Role.MESSAGE
        case Kind.VIDEO:
            return Role.VIDEO
        case Kind.PDF:
            return _pdf(part, facts, notice)
        case Kind.IMAGE:
            return _image(part, facts, notice)
        case Kind.OFD:
            return Role.OTHER
        case _:
            return _document(part, facts, notice)


def _document(part: Part, facts: FileFacts, notice: Notice) -> Role:
    # Word opens RTF and HTML under its own extension, so for the office they are its files.
    is_word = part.kind in WORD or (part.kind in (Kind.RTF, Kind.HTML) and bool(_WORD_NAME.search(part.filename)))
    named_word = is_word or bool(_WORD_NAME.search(part.filename))
    if facts.forms:
        return Role.WORD_FORM if is_word else Role.OTHER  # said in the mail itself, in ODT, in OFD …: read all the same
    if part.kind in (Kind.EMPTY, Kind.OTHER, Kind.OLE_ENCRYPTED) or facts.problem:
        return Role.WORD_FORM if named_word and _names_a_form(part, notice) else _closed_work(named_word)
    if is_word and _names_a_form(part, notice) and (facts.text_length or 0) < _SOME_TEXT:
        return Role.WORD_FORM  # a form pasted in as a picture
    return Role.TEXT_WORK if _is_work(facts, notice) else Role.OTHER


def _closed_work(named_word: bool) -> Role:
    return Role.TEXT_WORK if named_word else Role.OTHER


def _pdf(part: Part, facts: FileFacts, notice: Notice) -> Role:
    if facts.forms:
        return Role.PDF_FORM
    sealed = facts.seal is not None and (facts.seal.present is True or bool(facts.seal.seals))
    if facts.problem or not facts.text.strip():
        return Role.PDF_FORM if _names_a_form(part, notice) or sealed or not _names_something(part) else Role.OTHER
    if sum(label in fold(facts.text) for label in _labels(notice)) >= 4 or (sealed and _names_a_form(part, notice)):
        return Role.PDF_FORM
    return Role.TEXT_WORK if _is_work(facts, notice) else Role.OTHER


def _image(part: Part, facts: FileFacts, notice: Notice) -> Role:
    if facts.forms:
        return Role.IMAGE_FORM
    sealed = facts.seal is not None and facts.seal.present is True
    return Role.IMAGE_FORM if sealed and (_names_a_form(part, notice) or "盖章" in fold(facts.text)) else Role.IMAGE


def _is_work(facts: FileFacts, notice: Notice) -> bool:
    """Tell whether a text is one to be judged: of some length, and not the notice sent back to us."""
    return (facts.text_length or 0) >= _SOME_TEXT and not _is_notice(facts, notice)


def _names_a_form(part: Part, notice: Notice) -> bool:
    name = fold(part.filename)
    return bool(_FORM_NAME.search(name)) or fold(notice.words.form) in name


def _labels(notice: Notice) -> set[str]:
    """Return what the forms print over their fields and no other text is likely to say."""
    printed = {fold(names[0]) for form in notice.forms for names in form.labels.values() if names}
    return {label for label in printed if len(label) >= _PLAIN_LABEL}


def _names_something(part: Part) -> bool:
    """Tell whether a name says that a file is something else: 营业执照, 证书, 照片."""
    return bool(re.search(r"执照|证书|证明|照片|荣誉|合同|发票|身份证", fold(part.filename)))
