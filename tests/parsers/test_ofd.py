"""OFD files: text by position, electronic seals, hostile packages."""

from pathlib import Path

import pytest

from domain.facts import FileFacts
from domain.kinds import Kind
from tests.fixtures.form_notice import COMMITMENT, facts_of
from tests.fixtures.make_ofds import ofd
from tests.fixtures.make_scans import filled

FIELDS = filled() | {"opinion": COMMITMENT}


def read(data: bytes, work: Path) -> FileFacts:
    return facts_of(data, Kind.OFD, work)


def test_a_form_is_read_by_where_its_text_stands(tmp_path: Path) -> None:
    facts = read(ofd(FIELDS), tmp_path)
    (form,) = facts.forms
    assert {name: getattr(form, name) for name in FIELDS} == FIELDS
    assert (form.commitment, facts.pages, facts.source, facts.producer) == (True, 1, "native", "WPS")
    assert [(str(found.when), found.where) for found in facts.dates] == [("2023-08-15", "OFD CreationDate")]


def test_a_signature_is_an_electronic_seal(tmp_path: Path) -> None:
    seal = read(ofd(FIELDS, signer="寿光市发展和改革局"), tmp_path).seal
    assert seal is not None
    assert (seal.present, seal.electronic, seal.text, seal.seals[0].shape) == (
        True,
        True,
        "寿光市发展和改革局",
        "signature",
    )


def test_without_a_signature_it_cannot_be_known(tmp_path: Path) -> None:
    seal = read(ofd(FIELDS), tmp_path).seal
    assert seal is not None
    assert (seal.present, seal.electronic) == (None, False)


def test_an_entity_is_not_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    doctype = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    facts = read(ofd(FIELDS | {"title": "题"}, doctype=doctype), tmp_path)
    assert "geheim" not in facts.text


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 nothing", ofd(FIELDS)[:400]])
def test_a_broken_package_is_corrupt(data: bytes, tmp_path: Path) -> None:
    assert read(data, tmp_path).problem == "corrupt"


@pytest.mark.parametrize("content", ["<not closed", "", "<ofd/>", "\x00"])
def test_a_page_that_is_no_xml_is_passed_over(content: str, tmp_path: Path) -> None:
    facts = read(ofd(FIELDS, extra={"Doc_0/Pages/Page_0/Content.xml": content}), tmp_path)
    assert (facts.problem, facts.forms) == (None, ())


def test_a_part_out_of_the_package_is_not_looked_for(tmp_path: Path) -> None:
    facts = read(ofd(FIELDS, extra={"Doc_0/Document.xml": "<a><Page BaseLoc='../../../etc/passwd'/></a>"}), tmp_path)
    assert (facts.problem, facts.text) == (None, "")
