"""In charge of telling what a message without materials is: a question, an acknowledgement, or nothing to do with the call."""

import re
from collections.abc import Sequence
from functools import cache

from daemon.assembly import Draft
from daemon.roles import Placed, is_filled
from domain.case import Reading
from domain.kinds import Role, Track
from domain.notice import Notice, Vocabulary
from domain.text import fold

_USUAL = Vocabulary()

_ABOUT = (
    r"评选|征集|参评|推荐表|附件|word|pdf|盖章|扫描|视频|截止|邮件|材料|受理|通知|报名|作品|表格|投票|获奖|补正|补充"
)
_ASKS = re.compile(
    r"[?？]|请问|咨询|请教|想问|问一下|是否|能否|可否|可以吗|怎么|如何|怎样|什么|多少|哪里|几份|麻烦|告知|收到了吗|有没有|吗[。！!？?\s]|确认"
    # What is asked for without a question: staff have to act on it.
    r"|撤回|撤销|退出|不再参|变更|更换|更改|改为|改成|更正|有误|写错|填错|请予|烦请|盼复|盼告"
)
_THANKS = re.compile(
    r"^(?:好的|收到|谢谢|感谢|辛苦了?|明白|知道了|ok|嗯|已收到|多谢|您|你|了|的|非常|回复|我们|尽快|马上|会|补充|提交)+$"
)
#: 您的邮件已收到，and nothing that asks: what robots say, and people who will send something later.
_ACKNOWLEDGES = re.compile(
    r"(?:邮件|来信|来函|来件|信件|回执).{0,6}(?:收到|收悉|知悉)|(?:收到|收悉).{0,8}(?:邮件|来信|来函|来件|信件|回执)"
)
_SHORT = 120  #: characters of an acknowledgement without spaces and punctuation
#: What only a machine says of its own mail, never what people say of ours (收到你们的自动回复，请问…). Our own letters say it too, but far
#: below whatever a person writes above them.
_MACHINE = re.compile(
    r"(?:[本此该]|这是?一?封?)(?:邮件|回复|信件?|消息)?(?:由|为|是|系)?[^，。；！？\n]{0,8}自动(?:回复|答复|发送|发出|生成|回执)"
    r"|[【\[(（](?:系统)?自动(?:回复|答复|发送)[】\])）]|请(?:勿|不要)(?:直接)?回复[此本该]?(?:邮件|信|地址)?[。！!\s]|请(?:勿|不要)(?:直接)?回复[此本该]?(?:邮件|信|地址)?$"
    r"|this is an auto\w+|(?:do not|don't) reply to this",
    re.IGNORECASE,
)
_MACHINES_WORDS = 400  #: characters: a machine that answers is brief
#: What only sellers write; reports tell of loans and of 推广 too.
_OFFERS = re.compile(
    r"代开|代办|优惠|促销|折扣|加盟|涨粉|seo|中奖|点击领取|退订|unsubscribe|报价|订购|出证|牌匾|包过|付款"
)
_SELLS = re.compile(r"发票|贷款|招聘|应聘|推广|广告|营销|培训班|课程|展会|样品")
_CONTEST = r"评选|参评|参赛|征集|推荐表|组委会|典型|作品"
_ENTRY = r"评选|参评|参赛|征集|报送|推荐表|作品|视频"
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_DOCUMENTS = frozenset({Role.TEXT_WORK, Role.REJECTED})
MATERIALS = frozenset({Role.WORD_FORM, Role.PDF_FORM, Role.IMAGE_FORM, Role.VIDEO, Role.TEXT_WORK})


def brings_a_case(reading: Reading, placed: Sequence[Placed], words: Vocabulary = _USUAL) -> bool:
    """Tell whether there is something to judge: forms, works, archives, links, or a subject that announces them.

    A filled form is always a case, a blank one unless it is asked about. Other files could be anybody's: what advertises,
    or has no Chinese word in it, is no entry.
    """
    if any(item.form and (is_filled(item.form) or not asks(reading, words)) for item in placed):
        return True
    mail = reading.mail
    brings = any(item.role in (*MATERIALS, Role.REJECTED) and not item.form for item in placed)
    if brings or mail.links or mail.archive_problems:
        told = reading.subject.convention is not None
        return told or (
            _may_be_an_entry(reading, placed, words) and not (_is_foreign(reading) or _advertises(reading, words))
        )
    announces = reading.subject.convention is not None and not continues(reading)
    return announces and not asks(reading, words)


def _may_be_an_entry(reading: Reading, placed: Sequence[Placed], words: Vocabulary) -> bool:
    """Tell whether anything of a mail is of the call: an invitation or a résumé is a document with Chinese words, too."""
    mail = reading.mail
    if (
        mail.archive_problems
        or continues(reading)
        or any(item.role not in _DOCUMENTS for item in placed if item.role in MATERIALS)
    ):
        return True
    names = " ".join(item.part.path for item in placed)
    texts = " ".join(item.facts.text[:1500] for item in placed if item.role is Role.TEXT_WORK)
    return bool(
        _any(_ENTRY, words.entry, words.apply, *words.theme).search(
            f"{mail.subject}\n{mail.text[:3000]}\n{names}\n{texts}"
        )
    )


def _is_foreign(reading: Reading) -> bool:
    names = " ".join(part.original_name or part.filename for part in reading.mail.parts if part.original_name)
    return not _CHINESE.search(f"{reading.mail.subject}\n{reading.mail.text}\n{names}")


def _advertises(reading: Reading, words: Vocabulary) -> bool:
    said = f"{reading.mail.subject}\n{reading.mail.text}"[:3000].lower()
    offers = bool(_OFFERS.search(said)) and len(_any(_CONTEST, words.entry, words.form).findall(said)) < 2
    return offers or (bool(_SELLS.search(said)) and len(_about(words).findall(said)) < 3)


def continues(reading: Reading) -> bool:
    """Tell whether a mail continues an exchange: whatever its subject says is then an echo."""
    return bool(reading.mail.in_reply_to or reading.mail.references or reading.subject.receipts)


def empty_draft(reading: Reading, notice: Notice) -> Draft:
    """Return the case of a mail that announces one in its subject and brings nothing of it."""
    return Draft(notice.track(Track.VIDEO if "视频" in reading.mail.subject else Track.TEXT))


def asks(reading: Reading, words: Vocabulary = _USUAL) -> bool:
    """Tell whether a person asks about the call. What offers something for sale is no question."""
    if _advertises(reading, words):
        return False
    said = f"{reading.mail.subject}\n{reading.mail.text}"[:3000].lower()
    return bool(_about(words).search(said) and _ASKS.search(said))


def _about(words: Vocabulary) -> re.Pattern[str]:
    return _any(_ABOUT, words.entry, words.apply, *words.theme)


@cache
def _any(pattern: str, *words: str) -> re.Pattern[str]:
    """Return a pattern with the call's own words in it too."""
    return re.compile("|".join((pattern, *map(re.escape, filter(None, words)))))


def only_thanks(reading: Reading) -> bool:
    """Tell whether a mail says no more than 收到，谢谢, or that ours has come."""
    folded = fold(reading.mail.text)
    thanks = len(folded) <= 30 and bool(_THANKS.match(folded))
    return thanks or (len(folded) <= _SHORT and bool(_ACKNOWLEDGES.search(folded)))


def says_automatic(reading: Reading) -> bool:
    """Tell whether a mail that brings nothing says of itself that a machine wrote it, or wants no answer."""
    text = reading.mail.text.strip()
    return len(text) <= _MACHINES_WORDS and bool(_MACHINE.search(text))
