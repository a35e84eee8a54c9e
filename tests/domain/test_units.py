"""Names of units are compared in one form, against the roster of the shipped configuration."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.notice import Notice
from domain.units import looks_like_organisation, normal_unit, roster_unit, same_unit

CONFIG = Path(__file__).parents[2] / "config.toml"


@pytest.fixture(scope="module")
def notice() -> Notice:
    return Notice.model_validate(tomllib.loads(CONFIG.read_text("utf-8"))["notice"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("潍坊市发展和改革委员会", "市发改委"),
        ("潍坊市发展和改革委员会", "潍坊发改委"),
        ("山东省潍坊市市场监督管理局", "市场监管局"),
        ("寿光市人力资源和社会保障局（盖章）", "寿光市人社局"),
        ("中共潍坊市委宣传部", "市委宣传部"),
        ("潍坊某某食品有限公司", "潍坊某某食品股份有限公司"),
        ("诸城市信用中心", "诸城市 信用中心"),
        ("潍坊市信用协会", "潍坊市信用协会秘书处"),
        ("ＡＢＣ科技有限公司", "abc科技有限公司"),
        ("潍坊银行", "潍坊银行股份有限公司"),
        ("奎文区教体局", "潍坊市奎文区教育和体育局"),
        ("高新区市场监管局", "潍坊高新技术产业开发区市场监督管理局"),
        ("潍坊市妇联", "潍坊市妇女联合会"),
        ("市场监管局", "寿光市市场监督管理局"),
    ],
)  # fmt: skip
def test_two_names_of_one_unit_agree(one: str, other: str) -> None:
    assert same_unit(one, other)
    assert same_unit(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("寿光市发改局", "诸城市发改局"),
        ("潍坊市教育局", "潍坊市体育局"),
        ("潍坊银行", "潍坊学院"),
        ("潍坊市市场监督管理局", "寿光市市场监管局"),
        ("", "潍坊银行"),
        ("潍坊", "潍坊市"),
    ],
)
def test_two_units_are_told_apart(one: str, other: str) -> None:
    assert not same_unit(one, other)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("寿光市信用办", "寿光市"),
        ("奎文区东关街道办事处", "奎文区"),
        ("潍坊高新区发改局", "高新"),
        ("潍坊滨海经济技术开发区管委会", "滨海"),
    ],
)
def test_a_unit_is_found_on_the_roster(name: str, expected: str, notice: Notice) -> None:
    found = roster_unit(name, notice)
    assert found and expected in found.name


@pytest.mark.parametrize("name", ["青岛市信用中心", "", None, "某某食品有限公司"])
def test_a_unit_that_is_not_there_is_not_guessed(name: str | None, notice: Notice) -> None:
    assert roster_unit(name, notice) is None


@pytest.mark.parametrize(
    "name", ["潍坊市信用协会", "寿光市信用办", "潍坊某某食品有限公司", "潍坊学院", "诸城市人民医院", "奎文区东关街道"]
)
def test_names_of_units_look_like_it(name: str) -> None:
    assert looks_like_organisation(name)


@pytest.mark.parametrize("name", ["张三", "诚信之光", "信用赋能乡村振兴", ""])
def test_other_words_do_not(name: str) -> None:
    assert not looks_like_organisation(name)


@given(st.text(max_size=60), st.text(max_size=60))
def test_comparing_is_symmetric_and_never_raises(one: str, other: str) -> None:
    assert same_unit(one, other) == same_unit(other, one)
    assert isinstance(normal_unit(one), str)
