"""In charge of what a server's answer means and who must act: NetEase's reply codes as a table (research §2)."""

import re
from enum import StrEnum

from domain.value import Value

MINUTE = 60.0


class Verdict(StrEnum):
    """What became of a delivery."""

    SENT = "sent"  #: accepted; the text is the proof
    RETRY = "retry"  #: again after `wait_s`, or on the next day
    HOLD = "hold"  #: this letter will not pass as it is: a person decides
    ALARM = "alarm"  #: something of ours is wrong: the operator acts
    UNKNOWN = "unknown"  #: the connection was lost after the final dot: it may have been accepted


class Delivery(Value):
    """One attempt's end."""

    verdict: Verdict
    code: int = 0  #: SMTP code, 0 where none came
    text: str = ""  #: the server's line, or what broke
    wait_s: float = 0.0  #: before the next try
    next_day: bool = False  #: wait until the daily count starts again instead
    whole_account: bool = False  #: no other letter would fare better now
    tries: int | None = None  #: after so many attempts it is held; None: as the outbox thinks

    @property
    def line(self) -> str:
        """Code and text in one line, as the outbox keeps it; `judge` reads it back."""
        return f"{self.code} {self.text}".strip() if self.code else self.text


class _Row(Value):
    """One line of the table: codes, a mark in the text, and what it means. The first that fits counts."""

    codes: tuple[int, ...]
    mark: str
    verdict: Verdict
    wait_s: float = 0.0
    next_day: bool = False
    whole_account: bool = False
    tries: int | None = None


_R, _H, _A = Verdict.RETRY, Verdict.HOLD, Verdict.ALARM
_TABLE = (
    _Row(codes=(451, 454, 535), mark=r"too many (?:times|fail)|too much fail", verdict=_A, wait_s=30 * MINUTE, whole_account=True),
    _Row(codes=(530, 534, 535, 538), mark="", verdict=_A, wait_s=15 * MINUTE, whole_account=True),  # 授权码 wrong or expired
    _Row(codes=(550,), mark=r"用户无权登|user has no permission", verdict=_A, wait_s=15 * MINUTE, whole_account=True),
    _Row(codes=(553, 501), mark=r"mail from|authorized user|authorization user", verdict=_A),  # envelope is not the login
    _Row(codes=(554,), mark=r"DT:SUM", verdict=_A),
    _Row(codes=(554, 550), mark=r"HL:IPB|MI:SPB|IP in blacklist", verdict=_A, wait_s=60 * MINUTE, whole_account=True),
    _Row(codes=(554, 550), mark=r"MI:STC|RP:RCL|RP:TRC", verdict=_R, next_day=True, whole_account=True),  # day's count is full
    _Row(codes=(554, 550), mark=r"DT:SPM", verdict=_R, wait_s=10 * MINUTE, tries=2),  # content refused
    _Row(codes=(451,), mark=r"MI:SFQ", verdict=_R, wait_s=15 * MINUTE, whole_account=True),  # too many in 15 minutes
    _Row(codes=(451,), mark=r"RP:QRC", verdict=_R, wait_s=30 * MINUTE, whole_account=True),
    _Row(codes=(451,), mark=r"DT:SPM", verdict=_R, wait_s=2 * MINUTE),
    _Row(codes=(450,), mark=r"MI:DMC|RP:DRC|MI:CEL|MI:CCL|DT:RBL", verdict=_R, wait_s=2 * MINUTE, whole_account=True),
    _Row(codes=(421,), mark="", verdict=_R, wait_s=15 * MINUTE, whole_account=True),  # HL:ICC, IFC, REP, MEP
    _Row(codes=(550,), mark=r"frequency limited", verdict=_R, wait_s=30 * MINUTE, whole_account=True),
)  # fmt: skip


def judge(code: int, text: str) -> Delivery:
    """Return what an answer other than acceptance means. Codes not in the table: 4xx again later, 5xx a person."""
    told: dict[str, object] = {"code": code, "text": text}
    for row in _TABLE:
        if code in row.codes and re.search(row.mark, text, re.IGNORECASE):
            return Delivery.model_validate(told | row.model_dump(exclude={"codes", "mark"}))
    if 400 <= code < 500:
        return Delivery.model_validate(told | {"verdict": _R, "wait_s": 2 * MINUTE})
    return Delivery.model_validate(told | {"verdict": _H})


def judge_session(code: int, text: str) -> Delivery:
    """Return what a refusal before any letter was spoken of means: never the letter's fault."""
    told = judge(code, text)
    if told.whole_account:
        return told
    verdict = _A if code >= 500 else _R
    return Delivery(verdict=verdict, code=code, text=text, wait_s=15 * MINUTE, whole_account=True)


def recall(line: str) -> Delivery | None:
    """Return what a kept line (`Delivery.line`) meant, or None where it tells of no server's answer."""
    match = re.match(r"(\d{3}) (.*)", line, re.DOTALL)
    return judge(int(match[1]), match[2]) if match else None
