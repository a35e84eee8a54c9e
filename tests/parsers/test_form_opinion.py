"""单位意见: the commitment however it is worded, and the unit that signed."""

import pytest

from parsers.forms.opinion import has_commitment, signed_unit

SENTENCE = "本单位承诺对参评成果的真实性、有效性负责"


@pytest.mark.parametrize(
    ("opinion", "kept"),
    [
        (SENTENCE + "。 (盖章)", True),
        ("同意推荐。本 单 位 承 诺对参评成果的真实性，有效性负责", True),
        ("本单位郑重承诺，对参评成果真实性和有效性负责", True),
        ("本单位承诺对参评成果的真实性、\n有效性负责", True),
        ("本单位不承诺对参评成果的真实性、有效性负责", False),
        ("同意申报", False),
        ("本单位承诺", False),
        ("", False),
    ],
)
def test_the_commitment_is_found_small_differences_forgiven(opinion: str, kept: bool) -> None:
    assert has_commitment(opinion, SENTENCE) is kept


@pytest.mark.parametrize(
    ("opinion", "unit"),
    [
        (SENTENCE + "。\n昌乐县发展和改革局（盖章）\n2023年8月1日", "昌乐县发展和改革局"),
        (SENTENCE + "。 昌乐县发展和改革局（盖 章）2023年8月1日", "昌乐县发展和改革局"),
        (SENTENCE + "\n单位（盖章）：潍坊市信用协会", "潍坊市信用协会"),
        (SENTENCE + "\n单位名称：潍坊市信用协会\n年  月  日", "潍坊市信用协会"),
        (SENTENCE + "\n潍坊市信用协会\n二〇二三年八月一日", "潍坊市信用协会"),
        ("同意推荐潍坊市信用协会申报。\n(盖章)", None),
        (SENTENCE + "。\n(盖章)", None),
        ("单位意见：" + SENTENCE, None),
        ("本单位\n（盖章）", None),
        ("甲县信用办公室\n乙县信用办公室", None),
        ("甲县信用办公室（盖章）\n乙县信用办公室（盖章）", None),
        ("情况属实。\n负责人签字：张三", None),
    ],
)
def test_the_signature_names_the_unit_or_nobody(opinion: str, unit: str | None) -> None:
    assert signed_unit(opinion, SENTENCE) == unit
