"""In charge of the letters that tell of a trouble: raised, still there, over. Leaves when to tell, and by what way, to `daemon`."""

from datetime import datetime
from enum import StrEnum

from domain.records import Letter
from domain.value import Value
from notify.figures import moment
from notify.letters import Draft, PostOffice, seal
from notify.thread import Thread
from notify.trouble_words import WORDS, Evidence, Trouble, found


class News(StrEnum):
    """What is told of a trouble."""

    RAISED = "raised"
    REMINDED = "reminded"
    OVER = "over"


class Alert(Value):
    """One piece of news in words, the same for every way it goes."""

    key: str  #: "login:2023-08-01T01:00:00+00:00:raised:2023-08-01T01:00:00+00:00": the same news has the same key
    trouble: Trouble
    news: News
    at: datetime
    subject: str
    text: str


_MARKS = {News.RAISED: "告警", News.REMINDED: "告警·尚未恢复", News.OVER: "恢复"}


def compose_alert(trouble: Trouble, news: News, evidence: Evidence, since: datetime, now: datetime, call: str) -> Alert:
    """Return the news of a trouble. `call` is the call's name: one reader may look after several desks."""
    words = WORDS[trouble]
    if news is News.OVER:
        body = [words.over, "", f"发现时间：{moment(since)}", f"恢复时间：{moment(now)}"]
    else:
        steps = [f"{number}. {step}" for number, step in enumerate(words.mend, 1)]
        body = [
            f"故障：{words.title}",
            f"情况：{found(trouble, evidence)}",
            f"影响：{words.means}",
            f"发现时间：{moment(since)}",
            "",
            "处理办法：",
            *steps,
            "",
            "故障消除前每日提醒一次，恢复后另行通知。",
        ]
    return Alert(
        key=f"{trouble}:{since.isoformat()}:{news}:{now.isoformat()}",
        trouble=trouble,
        news=news,
        at=now,
        subject=f"【收件系统{_MARKS[news]}】{words.title}（{call}）",
        text="\n".join([f"{call}收件系统", "", *body, "", "本邮件由系统自动发出，请勿回复。", ""]),
    )


def address_alert(alert: Alert, recipient: str, sender: str) -> Letter:
    """Return the letter of an alert to one reader: made twice, it has one Message-ID. ValueError where that is no address."""
    post = PostOffice(address=sender, name="收件系统", now=alert.at)
    draft = Draft(kind="alert", key=f"{alert.key}:{recipient}", subject=alert.subject, text=alert.text, html="")
    return seal(draft, Thread.to(recipient), post, auto="auto-generated")
