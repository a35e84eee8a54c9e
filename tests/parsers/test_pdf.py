"""PDFs: real text, hidden text, pictures of pages, locks, signatures, and what would like to run."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from domain.facts import FileFacts
from domain.kinds import Kind
from parsers.pages.pdf_layer import trusted
from parsers.pages.pdf_origin import dates, producer
from tests.fixtures.form_notice import facts_of
from tests.fixtures.make_pdfs import HEIGHT, SIGNED, WIDTH, Page, certificate_container, form_page, pdf, signature_field
from tests.fixtures.make_scans import filled, scan_pages, scan_pdf, seal_image

FIELDS = filled()


def read(data: bytes, work: Path, *passwords: str) -> FileFacts:
    return facts_of(data, Kind.PDF, work, passwords)


def scanned() -> Image.Image:
    return scan_pages(1, FIELDS, dpi=150)[0]


def assert_read(facts: FileFacts) -> None:
    assert facts.problem is None
    (form,) = facts.forms
    assert {name: getattr(form, name) for name in FIELDS} == FIELDS


@pytest.mark.parametrize("annex", [1, 2])
def test_a_form_exported_by_a_word_processor_has_text_and_surely_no_seal(annex: int, tmp_path: Path) -> None:
    data = pdf(
        form_page(annex, filled(annex)), info={"Producer": "WPS 文字", "CreationDate": "D:20230815101010+08'00'"}
    )
    facts = read(data, tmp_path)
    (form,) = facts.forms
    assert (form.annex, form.title, form.content, form.commitment) == (
        annex,
        filled(annex)["title"],
        filled(annex)["content"],
        True,
    )
    assert (facts.source, facts.pages, facts.producer) == ("text_layer", 1, "WPS 文字")
    assert [str(found.when) for found in facts.dates] == ["2023-08-15"]
    assert facts.seal is not None
    assert facts.seal.present is False


def test_a_seal_pasted_on_real_text_is_seen(tmp_path: Path) -> None:
    page = form_page(1, FIELDS)
    impression = Image.alpha_composite(Image.new("RGBA", (330, 330), "white"), seal_image("潍坊市信用协会"))
    page.picture(impression, 380, 620, 119, 119)
    facts = read(pdf(page), tmp_path)
    assert_read(facts)
    assert facts.seal is not None
    assert (facts.seal.present, facts.seal.text, facts.source) == (True, "潍坊市信用协会", "text_layer")


def test_a_scan_is_read_by_its_picture(tmp_path: Path) -> None:
    facts = read(scan_pdf(1, FIELDS), tmp_path)
    assert_read(facts)
    assert (facts.source, facts.producer) == ("ocr", "Scanner")
    assert facts.seal is not None
    assert (facts.seal.present, facts.seal.text) == (True, "潍坊市信用协会")
    assert set(facts.derived) == {seal.crop for seal in facts.seal.seals}


@pytest.mark.parametrize("hidden", [True, False], ids=["not painted", "under the picture"])
def test_an_ocr_layer_is_not_believed(hidden: bool, tmp_path: Path) -> None:
    page = Page()
    if hidden:
        page.picture(scanned(), 0, 0, WIDTH, HEIGHT)
    for row in range(20):
        page.text(70, 100 + row * 15, "联系人：错误识别的姓名", hidden=hidden)
    if not hidden:
        page.picture(scanned(), 0, 0, WIDTH, HEIGHT)
    facts = read(pdf(page), tmp_path)
    assert_read(facts)
    assert facts.source == "ocr"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("潍坊市信用典型案例评选申报表 案例题目 联系人", True),
        ("Credit case 2023, Weifang (Shandong)", True),
        ("", False),
        ("短", False),
        ("\ue123\ue124\ue125" * 10, False),
        ("(cid:12)(cid:13)(cid:99)(cid:7)", False),
        ("鑺氶儴鏄懁瀹犲墍鍙楃殑鎶抽垾鐩﹁钬卞暎", False),
        ("ÎÌ·»ÊÐÐÅÓÃµäÐÍ°¸ÀýÆÀÑ¡Éê±¨±í", False),
    ],
)
def test_a_text_layer_is_judged_by_its_characters(text: str, good: bool) -> None:
    assert trusted(text) is good


def test_a_password_is_asked_for_and_tried(tmp_path: Path) -> None:
    data = pdf(form_page(1, FIELDS), owner="owner", user="abc123")
    assert read(data, tmp_path).problem == "encrypted"
    assert read(data, tmp_path, "wrong").problem == "encrypted"
    assert_read(read(data, tmp_path, "wrong", "abc123"))


def test_a_lock_against_printing_does_not_stop_reading(tmp_path: Path) -> None:
    assert_read(read(pdf(form_page(1, FIELDS), owner="owner"), tmp_path))


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\nnothing", pdf(form_page(1, FIELDS))[:600], pdf()], ids=["no objects", "cut", "no pages"]
)
def test_a_broken_file_is_corrupt(data: bytes, tmp_path: Path) -> None:
    assert read(data, tmp_path).problem == "corrupt"


@pytest.mark.parametrize(
    ("contents", "signer"),
    [(certificate_container("寿光市发展和改革局"), "寿光市发展和改革局"), (b"\x30\x01\x02", "潍坊市信用协会")],
    ids=["certificate", "unknown container"],
)
def test_a_signature_field_is_an_electronic_seal(contents: bytes, signer: str, tmp_path: Path) -> None:
    facts = read(pdf(form_page(1, FIELDS), catalog=SIGNED, extra=(signature_field(contents),)), tmp_path)
    assert facts.seal is not None
    assert (facts.seal.present, facts.seal.electronic, facts.seal.text) == (True, True, signer)
    assert facts.seal.seals[0].shape == "signature"


def test_a_signature_field_that_nobody_signed_is_no_seal(tmp_path: Path) -> None:
    empty = "<< /FT /Sig /T (seal) >>"
    facts = read(pdf(form_page(1, FIELDS), catalog=SIGNED, extra=(empty,)), tmp_path)
    assert facts.seal is not None
    assert (facts.seal.present, facts.seal.electronic) == (False, False)


def test_a_stamp_without_a_ring_is_left_to_a_person(tmp_path: Path) -> None:
    page = form_page(1, FIELDS)
    page.notes.append("<< /Type /Annot /Subtype /Stamp /Rect [100 100 200 200] /Name /Approved >>")
    facts = read(pdf(page), tmp_path)
    assert facts.seal is not None
    assert facts.seal.present is None


@pytest.mark.parametrize(
    ("catalog", "told"),
    [
        ("/OpenAction << /S /JavaScript /JS (alert) >>", "JavaScript"),
        ("/OpenAction << /S /Launch /F (cmd) >>", "launch action"),
        ("/Names << /EmbeddedFiles << /Names [] >> >>", "embedded files"),
        ("/AA << >>", "additional actions"),
    ],
)
def test_what_would_run_is_told_and_not_run(catalog: str, told: str, tmp_path: Path) -> None:
    facts = read(pdf(form_page(1, FIELDS), catalog=catalog), tmp_path)
    assert_read(facts)
    assert told in facts.detail


def test_an_enormous_page_is_drawn_within_bounds(tmp_path: Path) -> None:
    data = pdf(form_page(1, FIELDS)).replace(b"[0 0 595.0 842.0]", b"[0 0 14400 842]", 1)
    facts = read(data, tmp_path)
    assert facts.problem is None
    assert facts.pages == 1


def test_the_tenth_scanned_page_is_not_read(tmp_path: Path) -> None:
    blank = Image.fromarray(np.full((300, 212, 3), (250, 249, 247), np.uint8))
    pages = []
    for _ in range(10):
        page = Page()
        page.picture(blank, 0, 0, WIDTH, HEIGHT)
        pages.append(page)
    facts = read(pdf(*pages), tmp_path)
    assert facts.pages == 10
    assert "only the first 6 scanned pages were read" in facts.detail


def test_programs_and_dates_are_told() -> None:
    assert (
        producer({"Producer": "intsig.com pdf producer", "Author": "CamScanner"})
        == "intsig.com pdf producer / CamScanner"
    )
    assert [(str(found.when), found.where) for found in dates({"ModDate": "D:20221231"})] == [
        ("2022-12-31", "PDF ModDate")
    ]


@given(st.text(max_size=40))
def test_no_date_string_raises(text: str) -> None:
    assert all(found.where == "PDF CreationDate" for found in dates({"CreationDate": text}))


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_file_never_raises(seed: int, tmp_path: Path) -> None:
    data = bytearray(pdf(form_page(1, FIELDS)))
    source = np.random.default_rng(seed)
    for place in source.integers(0, len(data), 40):
        data[place] = int(source.integers(0, 256))
    assert read(bytes(data), tmp_path).parser in {"pdf", "none"}
