"""What lines of staff mean: only what cannot mean anything else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.staff_mail import Orders, read_orders
from domain.kinds import Decision
from domain.mail import Mail

A, S, R, W = Decision.ACCEPTED, Decision.NEEDS_SUPPLEMENT, Decision.REJECTED, Decision.WITHDRAWN


def orders(text: str, **more: str) -> Orders:
    return read_orders(Mail(sha256="0" * 64, size=1, text=text, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "number", "decision", "note"),
    [
        ("通过 2023-V-0003", "2023-V-0003", A, ""),
        ("通过2023-V-0003。", "2023-V-0003", A, ""),
        ("　1、受理：２０２３－ｖ－０００３", "2023-V-0003", A, ""),
        ("2023-V-0003 通过", "2023-V-0003", A, ""),
        ("补正 2023-W-0007 请补充盖章扫描件", "2023-W-0007", S, "请补充盖章扫描件"),
        ("补正 2023-W-0007：请补充盖章扫描件。", "2023-W-0007", S, "请补充盖章扫描件"),
        ("补正 2023-W-0007", "2023-W-0007", S, ""),
        ("不予受理 2023-W-0009 属广告", "2023-W-0009", R, "属广告"),
        ("- 2023-W-0009 不予受理，属广告", "2023-W-0009", R, "属广告"),
        ("撤回 2023-W-0009", "2023-W-0009", W, ""),
    ],
)
def test_a_line_says_what_is_to_be_done(line: str, number: str, decision: Decision, note: str) -> None:
    (order,) = orders(line).clear
    assert (order.number, order.decision, order.note) == (number, decision, note)


def test_several_cases_and_lines_with_a_greeting_and_a_signature() -> None:
    told = orders(
        "您好：\n\n通过 2023-V-0003、2023-V-0004\n通过 2023-V-0003\n不予受理 2023-W-0009 属广告\n\n张永刚\n8090748\n"
    )
    assert [order.number for order in told.clear] == ["2023-V-0003", "2023-V-0004", "2023-W-0009"]
    assert told.refused == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("通过 2023-V-0003 但请补充盖章页", "extra"),
        ("不予受理 2023-W-0009", "reason"),
        ("不通过 2023-V-0003", "form"),
        ("基本通过 2023-V-0003", "form"),
        ("通过 2023-V-00031号", "form"),
        ("通过 2023-V-3", "form"),
        ("2023-V-0003 再看看", "form"),
        ("补正 2023-W-0007 请补盖章，2023-W-0008 也一样", "two"),
        ("补正 2023-W-0007 请补充盖章\n扫描件", "wrapped"),
        ("通过 2023-V-0003\n张永刚", "wrapped"),
        ("通过 2023-V-0003\n\n以上先不要发出。", "doubt"),
        ("下面这个是否可以？\n\n通过 2023-V-0003", "doubt"),
        ("补正 2023-W-0007 " + "补" * 301, "long"),
    ],
)
def test_what_could_mean_something_else_is_not_done(text: str, why: str) -> None:
    told = orders(text)
    assert told.clear == ()
    assert [each.why for each in told.refused] == [why]


def test_two_meanings_for_one_case_decide_nothing() -> None:
    told = orders("通过 2023-V-0003\n不予受理 2023-V-0003 属广告\n通过 2023-V-0004")
    assert [order.number for order in told.clear] == ["2023-V-0004"]
    assert [each.why for each in told.refused] == ["twice", "twice"]


def test_the_digest_quoted_without_a_mark_is_not_read_as_lines() -> None:
    assert (
        orders("通过 2023-V-0003\n\n主题：【收件日报】2023-08-01\n  1. 2023-W-0001　题目\n撤回 2023-W-0009").refused
        == ()
    )


def test_the_writers_own_code_counts_before_a_quoted_one() -> None:
    told = orders("口令 bcde-2345\n\n通过 2023-V-0003", quoted="本期口令：ABCD-EFGH（…）")
    assert told.codes == ("BCDE-2345", "ABCD-EFGH")
    assert len(told.clear) == 1
    assert orders("电话 0536-8090748，2023-W-0001").codes == ()


@given(st.text(alphabet="通过补正不予受理撤回 2023-VW、0012345：\n请。", max_size=60))
def test_no_text_is_understood_without_a_verb_and_a_number(text: str) -> None:
    for order in orders(text).clear:
        assert re.fullmatch(r"\d{4}-[WV]-\d{4,}", order.number)
        assert any(verb in order.line for verb in ("通过", "受理", "补正", "撤回"))
        assert order.decision is not R or order.note
