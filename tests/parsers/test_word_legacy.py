"""Binary Word documents: converted, or salvaged with every field unsure, never a wrong blank."""

from pathlib import Path

import pytest

from domain.kinds import Kind
from parsers.forms.labels import Labels
from parsers.office.word_salvage import NothingToSalvage, salvage
from tests.fixtures.form_notice import TEMPLATES, facts_of
from tests.fixtures.make_forms_entries import entries
from tests.fixtures.make_forms_layouts import word_form
from tests.fixtures.make_forms_office import convert, soffice
from tests.fixtures.make_forms_ooxml import Package, Style

pytestmark = pytest.mark.skipif(soffice() is None, reason="soffice is missing: apt-get install libreoffice-writer")
ENTRY = entries(4)[3]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Forms as .doc: plain, and with text boxes that the converter cannot read."""
    sources = {
        "plain": word_form(ENTRY, Style(), Package(created="2021-03-04T00:00:00Z")),
        "boxes": word_form(ENTRY, Style(layout="boxes")),
        "values": word_form(ENTRY, Style(wrap="textbox")),
    }
    made = convert(sources, "docx", ("doc",), tmp_path_factory.mktemp("legacy"))
    return {Path(name).stem: path.read_bytes() for name, path in made.items()}


def test_a_binary_document_gives_the_same_form_and_its_own_dates(documents: dict[str, bytes], tmp_path: Path) -> None:
    facts = facts_of(documents["plain"], Kind.OLE_WORD, tmp_path)
    assert (facts.parser, facts.problem, facts.detail) == ("word_legacy", None, "")
    (form,) = facts.forms
    assert (form.title, form.phone, form.content) == (
        ENTRY.truth["title"],
        ENTRY.truth["phone"],
        ENTRY.truth["content"],
    )
    assert ("SummaryInformation created", 2021) in [(found.where, found.when.year) for found in facts.dates]
    assert form.unsure == ()


@pytest.mark.parametrize("name", ["boxes", "values"])
def test_text_boxes_the_converter_loses_are_salvaged_and_every_field_is_unsure(
    name: str, documents: dict[str, bytes], tmp_path: Path
) -> None:
    facts = facts_of(documents[name], Kind.OLE_WORD, tmp_path)
    assert facts.detail.startswith("text without its layout")
    (form,) = facts.forms
    assert (form.title, form.contact, form.content) == (
        ENTRY.truth["title"],
        ENTRY.truth["contact"],
        ENTRY.truth["content"],
    )
    assert {"title", "contact", "content"} <= set(form.unsure)


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_a_document_cut_short_is_told_and_never_raises(
    kept: float, documents: dict[str, bytes], tmp_path: Path
) -> None:
    data = documents["plain"]
    facts = facts_of(data[: int(len(data) * kept)], Kind.OLE_WORD, tmp_path)
    assert facts.problem == "corrupt" or facts.forms


def test_what_is_no_ole_file_is_corrupt(tmp_path: Path) -> None:
    assert facts_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000), Kind.OLE_WORD, tmp_path).problem == "corrupt"


@pytest.mark.parametrize("word", [b"", bytes(900), bytes(0x1A2) + b"\x00\x00\x00\x00\x40\x00\x00\x00"])
def test_streams_without_a_piece_table_give_nothing(word: bytes) -> None:
    with pytest.raises(NothingToSalvage):
        salvage(word, bytes(64), Labels(TEMPLATES))


def test_an_encrypted_document_is_told_whatever_passwords_are_tried(
    documents: dict[str, bytes], tmp_path: Path
) -> None:
    data = bytearray(documents["plain"])
    start = data.find(b"\xec\xa5")  # wIdent of the FIB
    data[start + 11] |= 0x01  # fEncrypted
    for passwords in ((), ("1234",)):
        facts = facts_of(bytes(data), Kind.OLE_WORD, tmp_path, passwords)
        assert (facts.problem, facts.forms) == ("encrypted", ())
