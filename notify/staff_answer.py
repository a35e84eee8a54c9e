"""In charge of what staff are told of the lines they sent: what was done, what was not and why, how to write it."""

from collections.abc import Sequence

from domain.kinds import Decision
from domain.mail import Mail
from domain.notice import Notice
from domain.records import Letter
from domain.value import Value
from notify.labels import RESULTS
from notify.letters import PostOffice
from notify.plain import frame, plain
from notify.quoting import quote, quoted
from notify.thread import Thread

WHY = {
    "sender": "发信地址未通过邮件服务商的身份验证（SPF、DKIM、DMARC）",
    "code": "未见寄给本地址的日报口令，请直接回复日报并保留其中的口令",
    "expired": "口令已过期（7 日内有效），请回复最近一期日报",
    "used": "本期口令已对该案例使用过一次，如需更改，请回复下一期日报",
    "unknown": "没有这个受理编号",
    "merged": "该案例已并入其他案例",
    "withdrawn": "该案例已撤回",
    "changed": "日报发出后该案例有新的材料或处理，请以最新一期日报为准",
    "form": "未能识别，应为“通过／补正／不予受理／撤回”加受理编号",
    "wrapped": "下一行还有文字，不能确定说明是否完整，请把说明写在同一行，并与其他文字空一行",
    "extra": "“通过”“撤回”后面不应再有说明，不能确定本意",
    "reason": "缺少说明，请写明需要补充的内容或不予受理的理由",
    "two": "一行中有两项处理，请分行书写",
    "twice": "同一案例有两种不同的处理",
    "long": "说明过长，请控制在 300 字以内",
    "doubt": "来信中另有保留、询问或收回的文字，不能确定本意",
}


class Done(Value):
    """A line that was carried out."""

    number: str
    title: str | None
    decision: Decision
    told: bool  #: whether the applicant is told


class NotDone(Value):
    """A line that was not."""

    line: str
    why: str  #: key of WHY


def compose_staff_answer(
    mail: Mail, done: Sequence[Done], not_done: Sequence[NotDone], *, notice: Notice, post: PostOffice, minutes: float
) -> Letter | None:
    """Return the answer to a mail of staff. It may go to our own mailbox: the guards know it again."""
    thread = Thread.of(mail.model_copy(update={"reply_to": None}))
    if thread is None:
        return None
    shown = {
        **frame(notice, post),
        "salutation": "您好",
        "paragraphs": [_summary(done, not_done, minutes)],
        "facts": [(each.number, _result(each)) for each in done],
        "steps_title": "未执行，案例未作任何改动",
        "steps": [f"{quoted(each.line, 80)}：{WHY[each.why]}。" for each in not_done],
        "closing": "每行写一条：通过 受理编号；补正 受理编号 需要补充的内容；不予受理 受理编号 理由；撤回 受理编号。",
    }
    result = f"已执行 {len(done)} 项，未执行 {len(not_done)} 项"
    return plain("notice", f"staff:{mail.sha256}", result, shown, thread=thread, post=post)


def _summary(done: Sequence[Done], not_done: Sequence[NotDone], minutes: float) -> str:
    counted = f"来信中的处理意见已执行 {len(done)} 项，未执行 {len(not_done)} 项。"
    waits = f"致申报人的通知将于 {minutes:g} 分钟后发出，此前可在服务器上用 undo 命令收回。" if done and minutes else ""
    return counted + waits


def _result(each: Done) -> str:
    told = "" if each.told else "（申报人无可用邮箱，请电话告知）"
    return f"{RESULTS[each.decision]}，{quote(each.title, 40) or '题目未填写'}{told}"
