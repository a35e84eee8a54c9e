"""In charge of how figures are written in Chinese: durations, sizes, moments, days. Leaves sentences to others."""

from datetime import date, datetime

from domain.notice import SHANGHAI


def duration(seconds: float, *, low: float | None = None, high: float | None = None) -> str:
    """Return seconds as "2 分 31 秒", cut to whole seconds; tenths appear where cutting would hide the fault.

    `low` and `high` are the allowed bounds in seconds: 300.6 of at most 300 is "5 分 0.6 秒", never "5 分 0 秒".
    """
    whole = int(seconds)
    hidden = high is not None and seconds > high >= whole and (low is None or whole >= low)
    minutes = whole // 60
    rest = f"{seconds - minutes * 60:.1f}" if hidden else str(whole % 60)
    return f"{minutes} 分 {rest} 秒" if minutes else f"{rest} 秒"


def minutes_between(low: float, high: float) -> str:
    """Return a range of seconds: "3–5 分钟", or "2 分 30 秒至 5 分 0 秒" where a bound is no whole minute."""
    if low % 60 or high % 60:
        return f"{duration(low)}至 {duration(high)}"
    return f"{int(low // 60)}–{int(high // 60)} 分钟"


def size(count: float) -> str:
    """Return bytes as "81.0 MB" (1 MB = 1024² bytes, as mail programs count)."""
    for unit in ("B", "KB", "MB"):
        if count < 1024:
            return f"{count:.0f} B" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GB"


def moment(when: datetime) -> str:
    """Return an aware moment as Beijing time to the minute: "2023年8月30日 23:59"."""
    local = when.astimezone(SHANGHAI)
    return f"{day(local.date())} {local:%H:%M}"


def second(when: datetime) -> str:
    """Return an aware moment as Beijing time to the second, where the second decides: "2023年8月31日 00:00:00"."""
    return f"{day(when.astimezone(SHANGHAI).date())} {when.astimezone(SHANGHAI):%H:%M:%S}"


def day(when: date) -> str:
    """Return "2023年8月30日"."""
    return f"{when.year}年{when.month}月{when.day}日"


def parsed(value: object) -> datetime | None:
    """Return an aware moment from evidence (ISO 8601 text or a datetime; no zone: Beijing), or None."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)


def numeral(number: int) -> str:
    """Return 1–99 as 一, 十二, 二十: for 案例一, 案例二; larger numbers stay digits."""
    digits = "零一二三四五六七八九"
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = {0: "", 1: "十"}.get(tens, digits[tens] + "十")
    return head + (digits[ones] if ones else "")
