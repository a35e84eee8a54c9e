"""In charge of intake per day as bars: how high each stands. Drawn by the template as table cells with background colours.

No picture: cells need no loading, follow the reader's dark mode and stay sharp on a phone (docs/decisions/0005).
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from domain.notice import SHANGHAI
from domain.value import Value

DAYS = 14  #: shown, the digest's day last
HEIGHT = 88  #: pixels of the highest bar


class Bars(Value):
    """One day of the chart. Heights are pixels; 0 where there is nothing."""

    day: date
    mails: int
    cases: int
    mails_high: int
    cases_high: int

    @property
    def label(self) -> str:
        """What stands under the bars: the day of the month."""
        return str(self.day.day)


def bars(day: date, mails: Iterable[datetime], cases: Iterable[datetime]) -> tuple[Bars, ...]:
    """Return the bars of the days up to `day`, in Beijing: mails that came and cases that were opened."""
    days = [day - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    came, opened = _by_day(mails), _by_day(cases)
    most = max((max(came[each], opened[each]) for each in days), default=0) or 1
    return tuple(
        Bars(
            day=each,
            mails=came[each],
            cases=opened[each],
            mails_high=_high(came[each], most),
            cases_high=_high(opened[each], most),
        )
        for each in days
    )


def _by_day(moments: Iterable[datetime]) -> Counter[date]:
    return Counter(moment.astimezone(SHANGHAI).date() for moment in moments)


def _high(count: int, most: int) -> int:
    return max(2, round(HEIGHT * count / most)) if count else 0
