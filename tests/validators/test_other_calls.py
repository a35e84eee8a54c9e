"""What an entry needs and which fields are filled is the call's: other forms, other rules, the same code."""

import pytest

from domain.kinds import Role, Track
from domain.notice import FormTemplate, Notice
from tests.fixtures.cases import article, context, form, material, notice, scan, text_case, word
from validators.rulebook import judge


def call(**template: object) -> Notice:
    """Return a call with one form for texts."""
    labels = {"title": ("征文题目",), "phone": ("电话",), "group": ("参赛组别",)}
    told = {
        "annex": 1,
        "track": "text",
        "name": "报名表",
        "labels": labels,
        "mandatory": ("title", "group"),
        **template,
    }
    return notice().model_copy(update={"forms": (FormTemplate.model_validate(told),)})


def codes(call: Notice, *materials: object) -> set[str]:
    case = text_case(*materials)  # type: ignore[arg-type]  # materials are built by fixtures
    return {finding.code for finding in judge(case, context(notice=call)).findings}


@pytest.mark.parametrize(
    ("requires", "missing"),
    [
        ((), {"missing_pdf_form"}),
        (("word_form", "pdf_form"), {"missing_pdf_form"}),
        (("word_form",), set()),
        (("word_form", "video"), {"video_missing"}),
    ],
)
def test_what_is_missing_is_what_the_form_requires(requires: tuple[str, ...], missing: set[str]) -> None:
    told = codes(call(requires=requires), word(more=(("group", "小学组"),)), article())
    assert {code for code in told if "missing" in code} == missing


def test_a_call_without_a_second_copy_asks_nothing_of_a_picture_of_it() -> None:
    photo = material(Role.IMAGE_FORM, form=form(), source="ocr")
    filled = word(more=(("group", "小学组"),))
    assert "image_scan_instead_of_pdf" in codes(call(), filled, photo)
    assert "image_scan_instead_of_pdf" not in codes(call(requires=("word_form", "text_work")), filled, photo)


def test_a_field_of_this_form_alone_must_be_filled_like_any_other() -> None:
    assert "field_missing:group" in codes(call(), word(more=(("group", ""),)), scan())
    assert "field_missing:group" not in codes(call(), word(more=(("group", "小学组"),)), scan())


def test_a_field_that_is_not_mandatory_may_stay_empty() -> None:
    told = codes(call(), word(email="", address="", highlights="", more=(("group", "小学组"),)), scan())
    assert not {code for code in told if code.startswith("field_missing")}


def test_a_call_with_one_track_has_no_other() -> None:
    assert call().track(Track.VIDEO) is Track.TEXT
    assert notice().track(Track.VIDEO) is Track.VIDEO
    assert call(track="video").track(Track.TEXT) is Track.VIDEO
