"""In charge of what staff read about cases, letters and mails that need them: reasons in Chinese, short, with the evidence."""

import re

from domain.case import Finding
from domain.kinds import Severity
from domain.notice import Notice
from domain.records import CaseRecord, LetterRecord, MessageRecord
from notify.outbox import AT_REST, IN_DOUBT, OVER_CAP
from notify.quoting import quote
from notify.wording import say

_HELD = (
    (re.escape(OVER_CAP), "当日发往该地址的邮件已达上限，确认后可放行"),
    (re.escape(AT_REST), "对方连续来信均无新材料，疑似自动回复，为免往复已暂停；如确系申报人来信，请放行"),
    (re.escape(IN_DOUBT), "发送结果不明，请先到“已发送”核对，再决定是否重发"),
    (r"DT:SPM", "多次被邮件服务器判为疑似垃圾邮件，请改由人工回复"),
    (r"\b55[0-2]\b.*(?:user|5\.1\.1|not found|suspend|mailbox|quota)", "收件地址不存在、停用或已满，请电话联系申报人"),
    (r"\b553\b|DT:SUM", "发件地址与登录账号不一致，请联系系统管理员"),
)


def reasons(record: CaseRecord, notice: Notice) -> tuple[str, ...]:
    """Return why a case waits for a person, each with the evidence that only staff may see."""
    return tuple(reason(finding, notice) for finding in record.findings if finding.severity is Severity.REVIEW)


def shortcomings(record: CaseRecord, notice: Notice) -> tuple[str, ...]:
    """Return what the applicant still has to mend, each in one short line."""
    return tuple(dict.fromkeys(reason(found, notice) for found in record.findings if found.severity is Severity.ERROR))


def reason(finding: Finding, notice: Notice) -> str:
    """Return one finding in one short line: what was found, and staff's evidence in brackets."""
    words = say(finding, notice)
    return f"{words.found}（{quote(words.staff, 80)}）" if words.staff else words.found


def why_held(record: LetterRecord) -> str:
    """Return why a letter is held, with the server's own line where there is one."""
    known = next((words for sign, words in _HELD if re.search(sign, record.error, re.IGNORECASE)), "")
    line = quote(record.error, 90)
    return f"{known}（{line}）" if known and line else known or line or "等待人工确认"


def why_quarantined(record: MessageRecord) -> str:
    """Return why a message could not be read."""
    return f"连续 {record.attempts} 次处理未成功：{quote(record.error, 90) or '原因不明'}"
