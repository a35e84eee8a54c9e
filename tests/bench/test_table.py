"""The table of measurements: what meets its goal, what does not, and every wrong item by name."""

import pytest

from bench.table import Figure, f1, share, table


@pytest.mark.parametrize(
    ("value", "most", "met"), [(0.99, False, True), (0.98, False, False), (0.99, True, True), (1.0, True, False)]
)
def test_a_goal_is_a_least_or_a_most(value: float, most: bool, met: bool) -> None:
    assert Figure("x", 1, value, 0.99, most=most).met is met


def test_nothing_measured_meets_no_goal() -> None:
    assert not share("x", 0, 0, 0.5).met
    assert not f1("x", [], 0.5).met


def test_f1_counts_misses_and_false_alarms_and_names_both() -> None:
    figure = f1("x", [("a", True, True), ("b", True, False), ("c", False, True), ("d", False, False)], 0.9)
    assert figure.value == 0.5
    assert figure.wrong == ("b: missed", "c: false alarm")


def test_columns_stand_below_each_other_though_chinese_is_wide() -> None:
    lines = table([share("印章", 1, 1, 1.0), share("seal", 1, 2, 1.0, ["scan 1"])]).split("\n")
    assert lines[2].startswith("印章   1") and lines[3].startswith("seal   2")
    assert "yes" in lines[2] and "NO" in lines[3]
    assert lines[-2:] == ["seal:", "  scan 1"]
