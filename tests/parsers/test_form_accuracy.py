"""The labelled forms, each field exact: what bench/accuracy_forms.py prints is asserted here."""

from pathlib import Path

import pytest

from bench.accuracy_forms import score
from domain.kinds import Kind
from tests.fixtures.make_forms import converted, mixed, written
from tests.fixtures.make_forms_office import soffice

ENOUGH = 0.995


def test_hand_written_forms_are_read_exactly(tmp_path: Path) -> None:
    result = score(written(), tmp_path)
    assert result.documents >= 80
    assert result.exact >= ENOUGH, "\n".join(result.wrong)


def test_styles_drawn_by_lot_are_read_exactly(tmp_path: Path) -> None:
    result = score(mixed(), tmp_path)
    assert result.exact >= ENOUGH, "\n".join(result.wrong)


@pytest.mark.skipif(soffice() is None, reason="soffice is missing: apt-get install libreoffice-writer")
def test_forms_made_by_libreoffice_are_read_exactly(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    result = score(converted(tmp_path_factory.mktemp("office")), tmp_path)
    assert {Kind.DOCX, Kind.OLE_WORD, Kind.ODT, Kind.RTF} <= set(result.milliseconds)
    assert result.exact >= ENOUGH, "\n".join(result.wrong)
