"""In charge of until when a case may be mended, and of how near that is."""

from collections.abc import Iterable
from datetime import datetime

from domain.case import Finding
from domain.notice import SHANGHAI, Notice


def due_at(first_received_at: datetime, findings: Iterable[Finding], notice: Notice) -> datetime:
    """Return until when the mended case is taken: a case sent too early is sent anew, one in time has its grace."""
    early = any(finding.code == "before_window" for finding in findings)
    return notice.closes if early or first_received_at > notice.closes else notice.grace_ends()


def days_left(moment: datetime, now: datetime) -> int:
    """Return how many midnights of Beijing lie between now and a moment; negative when it is past."""
    return (moment.astimezone(SHANGHAI).date() - now.astimezone(SHANGHAI).date()).days


def left(moment: datetime, now: datetime) -> str:
    """Return 剩 3 天, 今日截止, 已过期."""
    if moment < now:
        return "已过期"
    return f"剩 {days_left(moment, now)} 天" if days_left(moment, now) else "今日截止"
