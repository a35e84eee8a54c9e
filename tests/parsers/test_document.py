"""Blocks to facts: the whole text, its 字数, its forms."""

from pathlib import Path

from domain.kinds import Kind
from parsers.forms.document import document_facts, document_text, unread
from parsers.forms.grid import Grid
from parsers.forms.reading import Block
from parsers.registry import ReadJob
from tests.fixtures.form_notice import COMMITMENT, TEMPLATES


def test_text_is_lines_and_rows_and_is_counted() -> None:
    blocks: list[Block] = ["标题\u200b", Grid.of([["甲", "a b"], ["乙", None]]), "完"]
    facts = document_facts("x", blocks, ReadJob(Kind.DOCX, Path(), TEMPLATES, COMMITMENT))
    assert facts.text == document_text(blocks) == "标题\n甲\ta b\n乙\t\n完"
    assert facts.text_length == 7
    assert facts.source == "native"


def test_a_problem_has_no_forms() -> None:
    facts = unread("x", "corrupt", "why")
    assert (facts.problem, facts.detail, facts.forms, facts.text_length) == ("corrupt", "why", (), None)
