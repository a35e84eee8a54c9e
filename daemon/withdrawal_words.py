"""In charge of reading whether a mail asks to withdraw an entry, and what speaks against taking it at its word. Pure."""

import re

from domain.mail import Mail
from domain.text import one_line
from domain.value import Value
from notify.thread import bare_subject

_ENTRY = r"(?:申报|参评|参选|参赛|报名|评选|征集|案例|作品|征文|稿件|投稿|资格)"
_GAP = r"[^，,。；;!！?？\n]{0,20}?"
_GIVES_UP = re.compile(
    rf"(?:撤回|撤销|撤消|撤下|取消|退出|放弃|终止){_GAP}{_ENTRY}"
    rf"|{_ENTRY}{_GAP}(?:撤回|撤销|撤消|撤下|取消|作废)"
    r"|(?:不再|不)(?:继续)?(?:参加|参与|参评|参选|申报)"
)
_SENTENCE = re.compile(r"[^。！!；;\n]+[。！!；;]?")
#: What makes a person look: who asks, supposes, denies, or means a mail or a file and not the entry.
_DOUBTS = {
    "question": re.compile(r"[?？]|能否|可否|是否|可不可以|能不能|怎么|如何|请问|想问"),
    "condition": re.compile(r"如果|如需|假如|若|暂时|暂缓|先不|打算|在考虑|考虑(?:是否|撤|取消|退出)|可能|拟|准备|待定|届时|等.{0,6}再"),
    "negation": re.compile(
        r"(?:不|勿|别|没有|未|并非|不是)(?:要求|要|用|会|想|再|曾|打算|同意|提出|申请|必){0,3}(?:撤回|撤销|撤消|取消|退出|放弃|终止|作废)|取消撤|撤[回销]撤|恢复|误会"
    ),
    "replacement": re.compile(
        r"重新|另行|另发|再发|再次|为准|替换|更换|更新|更正|改为|改报|换成|上一版|上次|之前(?:的|报|发|提交|寄)|前一|旧版|旧的|错|误|新版|补(?:发|充|正|报|交)"
    ),
    "object": re.compile(r"(?:撤回|撤销|取消|作废)[^，。\n]{0,10}(?:邮件|来信|附件|文件|视频文件|表格|申报表|这封|那封|上一封)"),
    "part": re.compile(r"其中|部分|有的|另一|(?:其他|其它)(?:案例|作品|[一二两三几]|材料)|除.{0,12}外|保留"),
}  # fmt: skip


class Request(Value):
    """A wish to withdraw, in the applicant's own words."""

    words: str  #: the sentence that says it
    doubts: tuple[str, ...] = ()  #: why a person must look: question, condition, negation, replacement, object, part


def request(mail: Mail) -> Request | None:
    """Return the wish to withdraw an entry that a mail expresses, or None where it expresses none."""
    said = f"{bare_subject(mail.subject)}\n{mail.text[:3000]}"
    asking = [one_line(sentence) for sentence in _SENTENCE.findall(said) if _GIVES_UP.search(sentence)]
    if not asking:
        return None
    doubts = tuple(name for name, sign in _DOUBTS.items() if sign.search(said))
    return Request(words=max(asking, key=len)[:200], doubts=doubts)
