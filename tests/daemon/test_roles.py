"""What part a file plays: told by content, by name only where content is closed."""

from typing import Any

import pytest

from daemon.roles import place
from domain.facts import FileFacts, FormFields, SealFacts
from domain.kinds import Kind, Role
from tests.fixtures.cases import PROSE, form, mail, notice, part, seal

BLANK = FormFields(annex=1, title="", contact="", phone="", email="", address="", highlights="", content="")
NOTICE = "征集对象 组织单位 征集方式 奖品设置 " + PROSE

ROLES: list[tuple[str, str, Kind, dict[str, Any], Role]] = [
    ("a filled form in Word", "1.docx", Kind.DOCX, {"forms": (form(),)}, Role.WORD_FORM),
    ("a filled form in old Word", "1.doc", Kind.OLE_WORD, {"forms": (form(),)}, Role.WORD_FORM),
    ("RTF that is called .doc", "1.doc", Kind.RTF, {"forms": (form(),)}, Role.WORD_FORM),
    ("ODT", "1.odt", Kind.ODT, {"forms": (form(),)}, Role.OTHER),
    ("a form as PDF", "1.pdf", Kind.PDF, {"forms": (form(),)}, Role.PDF_FORM),
    ("a stamped scan nobody can read", "1.pdf", Kind.PDF, {"seal": seal()}, Role.PDF_FORM),
    ("a scan by its name", "盖章扫描件.pdf", Kind.PDF, {"seal": SealFacts()}, Role.PDF_FORM),
    ("a licence", "营业执照.pdf", Kind.PDF, {}, Role.OTHER),
    ("an article as PDF", "经验.pdf", Kind.PDF, {"text": PROSE, "text_length": 200}, Role.TEXT_WORK),
    ("a photographed form", "IMG_1.jpg", Kind.IMAGE, {"forms": (form(),)}, Role.IMAGE_FORM),
    ("a stamped page", "盖章页.jpg", Kind.IMAGE, {"seal": seal()}, Role.IMAGE_FORM),
    ("a photo with a red ring in it", "现场.jpg", Kind.IMAGE, {"seal": seal()}, Role.IMAGE),
    ("an article", "案例.docx", Kind.DOCX, {"text": PROSE, "text_length": 200}, Role.TEXT_WORK),
    ("a cover note", "说明.txt", Kind.TEXT, {"text": "请查收", "text_length": 3}, Role.OTHER),
    ("the notice sent back", "通知.docx", Kind.DOCX, {"text": NOTICE, "text_length": 300}, Role.OTHER),
    ("the notice with its blank annexes", "通知.docx", Kind.DOCX, {"text": NOTICE, "forms": (BLANK,)}, Role.OTHER),
    ("a text that is called .mp4", "成片.mp4", Kind.TEXT, {"text": PROSE, "text_length": 200}, Role.VIDEO),
    ("a stamped letter that names the form", "报送函.pdf", Kind.PDF, {"text": "关于报送案例的函\n附申报表一式两份" + PROSE, "text_length": 200, "seal": seal()}, Role.TEXT_WORK),
    ("a locked form", "申报表.docx", Kind.OLE_ENCRYPTED, {"problem": "encrypted"}, Role.WORD_FORM),
    ("a locked article", "案例.docx", Kind.OLE_ENCRYPTED, {"problem": "encrypted"}, Role.TEXT_WORK),
    ("a form pasted as a picture", "申报表.docx", Kind.DOCX, {"text": "", "text_length": 0}, Role.WORD_FORM),
    ("a video", "a.mp4", Kind.VIDEO, {}, Role.VIDEO),
    ("a program", "申报表.docx", Kind.EXECUTABLE, {}, Role.REJECTED),
    ("an archive", "a.zip", Kind.ZIP, {}, Role.ARCHIVE),
    ("an OFD", "a.ofd", Kind.OFD, {"forms": (form(),)}, Role.OTHER),
]  # fmt: skip


@pytest.mark.parametrize(("name", "kind", "facts", "role"), [row[1:] for row in ROLES], ids=[row[0] for row in ROLES])
def test_a_file_plays_its_part(name: str, kind: Kind, facts: dict[str, Any], role: Role) -> None:
    one = part(name, kind)
    (item,) = place(mail(parts=(one,)), {one.sha256: FileFacts(parser="t", version=1, **facts)}, notice())
    assert item.role is role


def test_the_blank_template_beside_a_filled_form_is_passed_over() -> None:
    blank, filled = part("模板.docx", Kind.DOCX), part("申报表.docx", Kind.DOCX)
    facts = {
        blank.sha256: FileFacts(parser="t", version=1, forms=(BLANK,)),
        filled.sha256: FileFacts(parser="t", version=1, forms=(BLANK, form())),
    }
    items = place(mail(parts=(blank, filled)), facts, notice())
    assert [(item.part.path, item.role) for item in items] == [
        ("模板.docx", Role.OTHER),
        ("申报表.docx", Role.WORD_FORM),
    ]


def test_the_blank_template_alone_is_the_form() -> None:
    blank = part("申报表.docx", Kind.DOCX)
    (item,) = place(mail(parts=(blank,)), {blank.sha256: FileFacts(parser="t", version=1, forms=(BLANK,))}, notice())
    assert item.role is Role.WORD_FORM


def test_several_forms_in_one_file_stand_each_for_itself() -> None:
    one = part("申报表.docx", Kind.DOCX)
    two = (form(title="甲案例"), form(title="乙案例"))
    items = place(mail(parts=(one,)), {one.sha256: FileFacts(parser="t", version=1, forms=two)}, notice())
    assert [item.form.title for item in items if item.form] == ["甲案例", "乙案例"]


@pytest.mark.parametrize(
    ("name", "text", "role"),
    [
        ("报送材料.docx", "寿光市市场监督管理局\n关于报送信用典型案例的函\n" + PROSE, Role.OTHER),
        ("附件3.pdf", "关于印发《信用分级管理办法》的通知\n" + PROSE, Role.OTHER),
        ("案例汇总表.docx", PROSE, Role.OTHER),
        ("佐证材料1.docx", PROSE, Role.OTHER),
        ("信用赋能基层治理的昌乐实践（含佐证）.docx", PROSE, Role.TEXT_WORK),
        ("案例正文.docx", "我局出台了关于加强信用监管的通知。\n" + PROSE, Role.TEXT_WORK),
    ],
)
def test_papers_that_come_along_with_a_form_are_no_work(name: str, text: str, role: Role) -> None:
    along, own = part(name, Kind.DOCX), part("申报表.docx", Kind.DOCX)
    facts = {
        along.sha256: FileFacts(parser="t", version=1, text=text, text_length=len(text)),
        own.sha256: FileFacts(parser="t", version=1, forms=(form(),)),
    }
    assert place(mail(parts=(along, own)), facts, notice())[0].role is role
