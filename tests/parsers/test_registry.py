"""The table of parsers: who reads what, and under which key facts are kept."""

from pathlib import Path

import pytest

from domain.kinds import ARCHIVES, Kind
from domain.notice import FormTemplate
from parsers.registry import MODULES, Parser, ReadJob, facts_version, parser, parser_for, read_file

READ = {
    Kind.DOCX: "word", Kind.OLE_WORD: "word_legacy", Kind.OLE_ENCRYPTED: "encrypted", Kind.ODT: "odt", Kind.RTF: "rtf",
    Kind.HTML: "html", Kind.TEXT: "plain", Kind.PDF: "pdf", Kind.IMAGE: "image", Kind.OFD: "ofd", Kind.VIDEO: "video",
    Kind.AUDIO: "video",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), READ.items())
def test_every_kind_that_can_be_read_has_its_parser(kind: Kind, name: str) -> None:
    found = parser_for(kind)
    assert found is not None
    assert found.name == name
    assert found.version >= 1


def test_every_module_of_the_table_registers_something() -> None:
    assert {found.read.__module__ for kind in READ if (found := parser_for(kind))} == {f"parsers.{m}" for m in MODULES}


@pytest.mark.parametrize("kind", sorted([*ARCHIVES, Kind.MESSAGE, Kind.TNEF, Kind.EXECUTABLE]))
def test_what_holds_no_text_of_its_own_has_none(tmp_path: Path, kind: Kind) -> None:
    assert parser_for(kind) is None
    assert read_file(tmp_path / "any", ReadJob(kind, tmp_path, (), "")).problem == "unsupported"


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    assert read_file(tmp_path / "any", ReadJob(Kind.EMPTY, tmp_path, (), "")).problem == "empty"


def test_two_parsers_of_one_kind_are_a_mistake() -> None:
    parser_for(Kind.PDF)
    with pytest.raises(ValueError, match="already"):
        parser("other", kinds=(Kind.PDF,))(lambda path, job: read_file(path, job))


def test_facts_are_kept_by_version_and_templates() -> None:
    reader = Parser("word", 3, (Kind.DOCX,), read_file)
    one = FormTemplate(annex=1, track="text", name="表", labels={"title": ("题目",)})
    other = one.model_copy(update={"labels": {"title": ("名称",)}})
    version = facts_version(reader, (one,), "承诺")
    assert version.startswith("3-")
    assert len(version) == 10
    assert version == facts_version(reader, (one,), "承诺")
    assert len({version, facts_version(reader, (other,), "承诺"), facts_version(reader, (one,), "另")}) == 3
