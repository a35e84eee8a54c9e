"""Two copies of a form compared: reading slips are passed over, what a clerk would see as another value is not."""

import pytest

from domain.facts import FormFields
from tests.fixtures.cases import form
from validators.likeness import differing, same_case, unexplained

SLIPS = [
    ("contact", "朱镕喆", "朱熔吉"),
    ("contact", "刘𬭊", "刘铃"),
    ("contact", "王 喆", "王吉"),
    ("title", "信用赋能基层治理的昌乐实践", "信用赋能基层冶理的昌乐实践"),
    ("title", "“信易贷”破解小微企业融资难", "信易贷 破解小微企业融资难"),
    ("phone", "0536-8090748", "8090748"),
    ("phone", "13800000001", "1380000001"),
    ("phone", "13800000001", "13800000007"),
    ("contact", "王大明", "王太明"),
    ("unit", "寿光市发展和改革局", "寿光市发展和政革局"),
    ("unit", "昌乐县发展和改革局", "昌乐县发改局"),
]  # fmt: skip
CHANGES = [
    ("contact", "李建国", "李建军"),
    ("contact", "王磊", "王伟"),
    ("contact", "朱镕基", "朱镕喆"),
    ("title", "信用赋能基层治理的昌乐实践", "信用赋能基层治理的昌乐实践（二期）"),
    ("title", "一张信用表，服务千万家", "一张信用卡，服务万千家"),
    ("phone", "13800000001", "13800000004"),
    ("phone", "0536-8090748", "0536-8090749"),
    ("phone", "13817000001", "13871000001"),
    ("phone", "0536-2323456转8012", "0536-2323456转8015"),
    ("unit", "昌乐县发展和改革局", "昌乐县行政审批服务局"),
    ("unit", "诸城市人民法院", "诸城市人民检察院"),
    ("unit", "青州市王府街道办事处", "青州市益都街道办事处"),
    ("unit", "山东秦池酒业有限公司", "山东景芝酒业有限公司"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "word", "scan"), SLIPS)
def test_a_slip_of_reading_is_no_difference(field: str, word: str, scan: str) -> None:
    assert differing(form(**{field: word}), form(**{field: scan}), by_ocr=True) == {}


@pytest.mark.parametrize(("field", "word", "scan"), CHANGES)
def test_another_value_is_a_difference_however_near(field: str, word: str, scan: str) -> None:
    assert differing(form(**{field: word}), form(**{field: scan}), by_ocr=True) == {field: [word, scan]}


@pytest.mark.parametrize("field", ["contact", "title", "phone"])
def test_what_the_reader_doubts_is_not_compared(field: str) -> None:
    scan = form(**{field: "13911112222"}, unsure=(field,))
    assert differing(form(), scan, by_ocr=True) == {}


def test_a_signature_below_a_seal_is_read_with_indulgence() -> None:
    word, poor = form(unit="青州市王府街道办事处"), {"unit": "青州市王麻街道办事"}
    assert differing(word, form(**poor, unsure=("opinion",)), by_ocr=True) == {}
    assert list(differing(word, form(**poor), by_ocr=True)) == ["unit"]
    assert list(differing(word, form(unit="寿光市教育局", unsure=("opinion",)), by_ocr=True)) == ["unit"]


@pytest.mark.parametrize(
    ("word", "scan", "count"),
    [("王磊", "王磊", 0), ("喆", "吉", 0), ("吉", "喆", 1), ("王喆", "王", 1), ("1", "7", 0), ("2", "3", 1)],
)
def test_only_a_rare_character_or_one_read_as_its_like_is_explained(word: str, scan: str, count: int) -> None:
    assert unexplained(word, scan) == count


def test_another_case_of_the_same_contact_is_less_alike_than_a_poor_reading() -> None:
    poor = form(title="信用贼能基层治理的昌乐买践", phone=None, content=None)
    other = FormFields(
        annex=1, title="蔬菜质量追溯", contact="王明", phone="13800000001", content="寿光蔬菜追溯体系" * 9
    )
    assert same_case(form(), poor) > 0.8
    assert same_case(form(), other) < 0.5
