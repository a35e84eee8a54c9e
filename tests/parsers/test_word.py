"""Word documents: what is content and what is not, and packages that are broken, foreign or hostile."""

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import docx
import pytest

from domain.facts import FileFacts
from domain.kinds import Kind
from tests.fixtures.form_notice import facts_of
from tests.fixtures.make_forms_entries import entries
from tests.fixtures.make_forms_layouts import word_form
from tests.fixtures.make_forms_ooxml import Package, Style, cell, document, paragraph, paragraphs, row, run, table

ENTRY = entries(1)[0]
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082")  # fmt: skip
_IMAGE = '<Relationship Id="p" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/i.png"/>'


def read(data: bytes, work: Path) -> FileFacts:
    return facts_of(data, Kind.DOCX, work)


def said(inner: str, work: Path) -> str:
    return read(document(inner), work).text


def rezipped(data: bytes, changes: dict[str, bytes | None]) -> bytes:
    """The package with parts replaced, added, or (None) left out."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(name for name in changes if name not in old.namelist())]:
            content = changes.get(name, b"") if name in changes else old.read(name)
            if content is not None:
                new.writestr(name, content)
    return made.getvalue()


def test_a_word_form_tells_its_fields_dates_and_program(tmp_path: Path) -> None:
    facts = read(word_form(ENTRY), tmp_path)
    assert (facts.parser, facts.problem, facts.source, facts.macros) == ("word", None, "native", False)
    assert facts.forms[0].title == ENTRY.truth["title"]
    assert facts.producer == "Microsoft Office Word"
    assert [(found.where, found.when) for found in facts.dates] == [
        ("docProps/core.xml created", date(2023, 8, 2)),  # 17:30 UTC is the next day in Shanghai
        ("docProps/core.xml modified", date(2023, 8, 2)),
    ]


def test_what_python_docx_writes_is_read(tmp_path: Path) -> None:
    made = docx.Document()
    grid = made.add_table(rows=3, cols=2)
    for line, (label, value) in zip(
        grid.rows, (("案例题目", "题"), ("联系人", "张三"), ("联系电话", "8090748")), strict=True
    ):
        line.cells[0].text, line.cells[1].text = label, value
    made.save(str(tmp_path / "made.docx"))
    (form,) = read((tmp_path / "made.docx").read_bytes(), tmp_path).forms
    assert (form.title, form.contact, form.phone) == ("题", "张三", "8090748")


def test_headers_footers_footnotes_comments_are_not_content(tmp_path: Path) -> None:
    facts = read(word_form(ENTRY, Style(noise=True)), tmp_path)
    assert "页眉" not in facts.text
    assert facts.forms[0].contact == ENTRY.truth["contact"]


_W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        (paragraph("<w:r><w:t>0536</w:t><w:noBreakHyphen/><w:t>8090748</w:t></w:r>"), "0536-8090748"),
        (paragraph("<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:cr/><w:t>丁</w:t></w:r>"), "甲\t乙\n丙\n丁"),
        (paragraph('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>' + run("信用监管")), "☑信用监管"),
        (paragraph("<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>zhé</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>喆</w:t></w:r></w:rubyBase></w:ruby></w:r>"), "喆"),
        (paragraph('<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>单击此处输入文字。</w:t></w:r></w:sdtContent></w:sdt>') + paragraph(run("完")), "完"),
        ('<w:sdt><w:sdtPr><w:showingPlcHdr w:val="0"/></w:sdtPr><w:sdtContent>' + paragraph(run("真")) + "</w:sdtContent></w:sdt>", "真"),
        (paragraph('<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="甲"/><w:listEntry w:val="乙"/></w:ddList></w:ffData></w:fldChar></w:r>'), "乙"),
        (paragraph('<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox></w:ffData></w:fldChar></w:r>' + run("是")), "☑是"),
        (paragraph('<w:moveFrom w:id="1">' + run("走") + "</w:moveFrom>" + '<w:moveTo w:id="2">' + run("来") + "</w:moveTo>"), "来"),
        (paragraph('<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>x=1</m:t></m:r></m:oMath>'), "x=1"),
        (f'<mc:AlternateContent><mc:Choice Requires="w14" {_W14}>{paragraph(run("新"))}</mc:Choice><mc:Fallback>{paragraph(run("旧"))}</mc:Fallback></mc:AlternateContent>', "新"),
    ],
)  # fmt: skip
def test_only_what_is_shown_is_content(inner: str, text: str, tmp_path: Path) -> None:
    assert said(inner, tmp_path) == text


def test_a_text_box_written_twice_for_old_programs_counts_once(tmp_path: Path) -> None:
    facts = read(word_form(ENTRY, Style(wrap="textbox")), tmp_path)
    assert facts.text.count(ENTRY.truth["address"]) == 1


def test_a_prompt_in_a_cell_is_a_blank_answer_and_shifts_nothing(tmp_path: Path) -> None:
    prompt = (
        f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{cell(paragraphs('请填写'))}</w:sdtContent></w:sdt>"
    )
    rows = [
        row([cell(paragraphs("案例题目")), cell(paragraphs("题"))]),
        row([cell(paragraphs("联系电话")), prompt, cell(paragraphs("邮箱")), cell(paragraphs("a@b.cn"))]),
    ]
    (form,) = read(document(table(rows)), tmp_path).forms
    assert (form.title, form.phone, form.email) == ("题", "", "a@b.cn")


def test_a_deleted_row_is_gone(tmp_path: Path) -> None:
    gone = (
        '<w:tr><w:trPr><w:del w:id="1"/></w:trPr>' + cell(paragraphs("案例题目")) + cell(paragraphs("旧题")) + "</w:tr>"
    )
    rows = [
        gone,
        *(row([cell(paragraphs(a)), cell(paragraphs(b))]) for a, b in (("案例题目", "新题"), ("联系人", "张三"))),
    ]
    facts = read(document(table(rows)), tmp_path)
    assert [form.title for form in facts.forms] == ["新题"]
    assert "旧题" not in facts.text


def test_macros_are_told_and_the_text_read_all_the_same(tmp_path: Path) -> None:
    package = Package(
        main_type="application/vnd.ms-word.document.macroEnabled.main+xml", extra={"word/vbaProject.bin": b"x"}
    )
    facts = read(word_form(ENTRY, Style(), package), tmp_path)
    assert facts.macros
    assert facts.forms[0].title == ENTRY.truth["title"]


def test_a_form_pasted_as_a_picture_is_told_and_the_picture_kept_for_staff(tmp_path: Path) -> None:
    package = Package(extra={"word/media/i.png": PNG}, relationships=[_IMAGE])
    facts = read(document(paragraph(run("附件1")), Style(), package), tmp_path)
    assert facts.detail.startswith("picture only")
    assert [(tmp_path / name).read_bytes() for name in facts.derived] == [PNG]


def test_pictures_beside_a_form_are_not_taken_out(tmp_path: Path) -> None:
    facts = read(word_form(ENTRY, Style(), Package(extra={"word/media/i.png": PNG}, relationships=[_IMAGE])), tmp_path)
    assert (facts.detail, facts.derived) == ("", ())


@pytest.mark.parametrize("part", ["word/styles.xml", "word/media/i.png", "docProps/app.xml", "docProps/core.xml"])
def test_a_broken_part_beside_the_document_does_not_cost_the_form(part: str, tmp_path: Path) -> None:
    styles = '<Relationship Id="s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>'
    override = '<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>'
    package = Package(
        extra={"word/media/i.png": PNG, "word/styles.xml": b"<x/>"}, relationships=[_IMAGE, styles], types=[override]
    )
    facts = read(rezipped(word_form(ENTRY, Style(), package), {part: b"<broken"}), tmp_path)
    assert facts.problem is None
    assert facts.forms[0].contact == ENTRY.truth["contact"]


def test_a_package_without_properties_gets_no_dates_invented(tmp_path: Path) -> None:
    facts = read(rezipped(word_form(ENTRY), {"docProps/core.xml": None}), tmp_path)
    assert facts.dates == ()
    assert facts.forms


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"word/document.xml": b"<w:document"}, "corrupt"),
        ({"word/document.xml": None}, "corrupt"),
        ({"word/document.xml": b"<a/>"}, "corrupt"),
        ({"word/document.xml": b"<a>" + b" " * (50 * 1024 * 1024) + b"</a>"}, "memory"),
        ({f"word/{number}.xml": b"" for number in range(6000)}, "memory"),
    ],
)
def test_what_cannot_be_read_is_named(change: dict[str, bytes | None], problem: str, tmp_path: Path) -> None:
    facts = read(rezipped(word_form(ENTRY), change), tmp_path)
    assert (facts.problem, facts.forms) == (problem, ())


def test_a_file_cut_short_is_corrupt(tmp_path: Path) -> None:
    assert read(word_form(ENTRY)[:2000], tmp_path).problem == "corrupt"


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("机密")
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    head = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY l0 "哈">{laughs}]>'
    inner = document(paragraph("<w:r><w:t>前&x;&l9;后</w:t></w:r>") + paragraph(run("完")))
    with zipfile.ZipFile(BytesIO(inner)) as archive:
        xml = archive.read("word/document.xml").replace(b"<w:document", head.encode() + b"<w:document", 1)
    facts = read(rezipped(inner, {"word/document.xml": xml}), tmp_path)
    assert "机密" not in facts.text
    assert len(facts.text) < 100


def test_an_external_template_or_picture_is_not_followed(tmp_path: Path) -> None:
    away = '<Relationship Id="x" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk" Target="http://127.0.0.1:9/x.docx" TargetMode="External"/>'
    inner = paragraph(run("甲")) + '<w:altChunk r:id="x"/>'
    facts = read(document(inner, Style(), Package(relationships=[away])), tmp_path)
    assert (facts.problem, facts.text) == (None, "甲")


def test_a_document_that_holds_itself_is_read_a_few_levels_deep(tmp_path: Path) -> None:
    data = document(paragraph(run("底")))
    for _ in range(6):
        data = document(paragraph(run("层")), Style(), Package(chunks=[("c.docx", data)]))
    assert read(data, tmp_path).text == "层\n层\n层"


def test_deep_nesting_is_a_problem_and_not_a_crash(tmp_path: Path) -> None:
    inner = paragraph(run("底"))
    for _ in range(400):
        inner = table([row([cell(inner)])], columns=1)
    assert read(document(inner), tmp_path).problem == "corrupt"


def test_absurd_spans_cost_nothing(tmp_path: Path) -> None:
    rows = [
        row([cell(paragraphs("案例题目"), span=10**9), cell(paragraphs("题"), span=2)]),
        row([cell(paragraphs("联系人")), cell(paragraphs("张三"))]),
    ]
    (form,) = read(document(table(rows)), tmp_path).forms
    assert form.title == "题"
