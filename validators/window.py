"""In charge of clause 六: when a case may come. The moment that counts is the arrival, never the Date header."""

from collections.abc import Iterator

from domain.case import Case
from validators.rulebook import Context, Observation, rule, saw


@rule("before_window", clause="六", quote="案例申报：2023 年 7 月 15 日- 8 月 30 日")
def not_before_it_opens(case: Case, context: Context) -> Iterator[Observation]:
    if context.received_at < context.notice.opens:
        yield saw(received_at=context.received_at.isoformat(), opens=context.notice.opens.isoformat())


@rule("late", clause="六", quote="案例申报：2023 年 7 月 15 日- 8 月 30 日")
def not_after_it_closes(case: Case, context: Context) -> Iterator[Observation]:
    notice = context.notice
    in_time_at_first = context.supplement and case.first_received_at <= notice.closes
    last = notice.grace_ends() if in_time_at_first else notice.closes
    # "8 月 30 日" is the whole day: its last second lasts until the next begins.
    if context.received_at.replace(microsecond=0) > last:
        yield saw(
            received_at=context.received_at.isoformat(),
            closes=notice.closes.isoformat(),
            supplement=in_time_at_first,
            grace_ends=last.isoformat(),
        )
