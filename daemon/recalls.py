"""In charge of recall notices: which cases the recalled mail brought something for. What came stays; staff are told, nobody is answered."""

import re

from domain.mail import Mail
from domain.text import fold
from notify.thread import bare_subject
from store.desk import Store

_NOTICE = re.compile(
    r"^(?:发信方已撤回邮件|(?:通知\s*[:：]\s*)?\[?撤回邮件(?:失败|成功)?\]?|撤回|邮件撤回(?:通知|提醒)|Recall)\s*[:：]?\s*",
    re.IGNORECASE,
)


def recalled_cases(mail: Mail, store: Store) -> tuple[str, ...]:
    """Return the numbers of the sender's cases whose mail bears the subject that a recall notice names; () for other mail."""
    if not mail.recalled:
        return ()
    named = fold(bare_subject(_NOTICE.sub("", mail.subject.strip())))
    numbers = []
    for record in store.cases_from(mail.from_.address) if named else ():
        mails = (store.message(sha256) for sha256 in record.messages)
        if any(each and fold(bare_subject(each.subject)) == named for each in mails):
            numbers.append(record.case.number or "")
    return tuple(numbers)
