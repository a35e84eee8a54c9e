"""In charge of the words a subject is made of: is this token a person, an organisation, a phrase that says nothing, or a title.

Cautious: a token counts as a name only when its surname is one and nothing else speaks against it. Leaves the line to `subject`.
"""

import re

from domain.text import fold
from domain.units import looks_like_organisation
from parsers.message.subject_names import COMPOUND_SURNAMES, NOT_NAMES, SURNAMES

_TITLES_OF_PEOPLE = re.compile(
    r"(?:先生|女士|小姐|同志|老师|主任|科长|局长|经理|处长|书记|会长|秘书长|主席|部长|队长|站长|所长|院长|校长|科员)$"
)
_SURNAME_AND_TITLE = re.compile(
    r"^.(?:先生|女士|小姐|老师|主任|科长|局长|经理|处长|书记|会长|秘书长|主席|部长|队长|站长|所长|院长|校长)$"
)
_CJK = re.compile(r"^[\u3400-\u9fff\U00020000-\U0003ffff]+$")
_MINORITY = re.compile(r"^[\u4e00-\u9fff]{2,6}·[\u4e00-\u9fff]{2,8}$")
_STRONG = re.compile(
    r"(?:局|委|办|公司|集团|银行|协会|商会|学会|联合会|中心|医院|学校|大学|学院|小学|中学|幼儿园|法院|检察院|支行|分行|总行|委员会|办公室|管委会"
    r"|政府|街道|街道办|办事处|合作社|信用社|事务所|支队|大队|分局|海关|工会|妇联|工商联|残联|文联|侨联|社科联|科协|团市委|税务所|供电所|厂|联社|社区|村委|居委会|酒店|药店|超市)$"
)
_WEAK_NAME_END = frozenset("学会园行店科队网台室部所站社院校厂司署关馆处支委办")
_TITLE_WORDS = re.compile(
    r"打造|助力|构建|推进|推动|创新|赋能|让|建设|探索|实践|模式|引领|擦亮|护航|激活|破解|书写|践行|筑牢|提升|优化|促进|典范|故事|之路|之光|点亮|守信激励|信用\+|共建|共享|如何|为民|我们|走进|走在"
)
_OFFICE = re.compile(r"^.{1,2}(?:办|委|局)$")
_THEME = re.compile(r"诚信|信用|守信|美德")
#: Ends of phrases that only look like ends of units.
_NOT_UNIT_END = re.compile(
    r"(?:[同前先践远力通出言品知修]行|社会|机会|盛会|家园|校园|乐园|田园|花园|处处|内部|全部|一网|心中|途中|中心工作|行稳致远)$"
)
#: Longest first. Taken out one after the other, not matched as a whole: that would take exponential time.
_NOISE = re.compile(
    r"20\d\d年\d{1,2}月\d{1,2}日|\d{1,2}月\d{1,2}日|20\d{6}|20\d\d年?度?|第[一二三四五六七八九十\d]+[次个份批]?|以此(?:件|封|邮件)?为准|\d{1,3}"
    r"|推荐单位|申报单位|联系电话|联系人|参赛者|组委会|我单位|微视频|短视频|请查收|无主题|无标题|扫描件?|潍坊市?|山东省?|类别?|表格?|版本?|稿件?"
    r"|untitled|docx?|word|pdf|zip|rar|mp4|关于|我市|我局|信用|诚信|美德|典型|优秀|案例|评选|评比|活动|申报|推荐|自荐|征集|参评|参赛|投稿|征文"
    r"|报名|建设|体系|材料|资料|作品|文字|视频|成果|报送|提交|上报|附件|补充|补正|补交|补报|更正|更新|修改|修正|修订|完善|重新|重发|再次|再发|最终|最新|盖章|邮件"
    r"|发送|单位|名称|个人|查收|谢谢|您好|你好|电话|姓名|标题|主题|报告|请示|通知|回执|受理|编号|答复|回复|转发|测试|[的及和与新件份个篇部共函一二三四五六七八九十两]",
    re.IGNORECASE,
)
_WORD_OF_ENTRY = re.compile(r"信用|典型|优秀|文字|微?视频|案例|作品|申报|参评|材料")
_ROLE_AFTER_UNIT = re.compile(r"^(?P<unit>.{3,40}?)(?:关于|报送|推荐|申报|提交|上报|选送)(?P<rest>.{0,40})$")


def person(token: str) -> str | None:
    """Return the name a token is, without 先生 or 主任 ("刘老师" stays whole), or None."""
    if _SURNAME_AND_TITLE.match(token.strip()) and token.strip()[0] in SURNAMES:
        return token.strip()
    name = _TITLES_OF_PEOPLE.sub("", token.strip()).strip()
    if _MINORITY.match(name):
        return name
    compact = name.replace(" ", "")
    if not _CJK.match(compact) or compact in NOT_NAMES or is_noise(compact):
        return None
    if compact.startswith(COMPOUND_SURNAMES):
        return compact if 3 <= len(compact) <= 4 else None
    if not 2 <= len(compact) <= 3 or compact[0] not in SURNAMES or _TITLE_WORDS.search(compact):
        return None
    if len(compact) == 3 and (compact[:2] in NOT_NAMES or compact[1:] in NOT_NAMES):
        return None
    ends_as_unit = looks_like_organisation(compact) and not (
        compact[-1] in _WEAK_NAME_END and not _OFFICE.match(compact)
    )
    return None if ends_as_unit else compact


def people(token: str) -> str | None:
    """Return several names joined by "、" ("张三/李四"), or one, or None when any of them is none."""
    names = [person(piece) for piece in re.split(r"[、/,;&和 ]+", token.strip()) if piece]
    whole = person(token)
    if whole:
        return whole
    return "、".join(filter(None, names)) if names and all(names) else None


def is_title(token: str) -> bool:
    """Tell whether a token reads as the name of a work rather than of a unit."""
    return bool(_TITLE_WORDS.search(token)) or len(token) > 30


def may_be_name(token: str) -> bool:
    """Tell a short word that could as well be a name: 高新, 欧阳. Nothing is said of it."""
    folded = fold(token)
    return len(folded) <= 3 and folded[:1] in SURNAMES and bool(_CJK.match(folded))


def opens_title(token: str) -> bool:
    """Tell a word that goes on behind a "+" of its own: 信用+医疗, 党建+信用."""
    return fold(token) in {"信用", "诚信", "党建", "互联网", "美德", "大数据", "区块链", "金融", "科技", "文旅"}


def is_organisation(token: str) -> bool:
    """Tell whether a token is surely the name of a unit."""
    folded = fold(token)
    if len(folded) < 3 or _NOT_UNIT_END.search(folded):
        return False
    if _STRONG.search(folded):
        return True
    return looks_like_organisation(folded) and not is_title(token) and not _THEME.search(folded)


def is_strong_organisation(token: str) -> bool:
    """Tell whether a token ends as only units do (…局, …有限公司)."""
    return bool(_STRONG.search(fold(token)))


def is_noise(token: str) -> bool:
    """Tell whether a token says nothing of this entry ("信用典型案例申报材料", "（更正）", a date)."""
    return not _NOISE.sub("", fold(token))


def unit_before_verb(token: str) -> str | None:
    """Return the unit of "寿光市信用办报送信用典型案例" or "寿光市信用办视频案例", or None."""
    if (match := _ROLE_AFTER_UNIT.match(token)) and is_organisation(match["unit"]) and is_noise(match["rest"]):
        return match["unit"]
    begins = (word.start() for word in _WORD_OF_ENTRY.finditer(token))
    parted = ((token[:at].strip(), token[at:]) for at in begins)
    return next((unit for unit, rest in parted if is_strong_organisation(unit) and is_noise(rest)), None)


def unit_and_name(token: str) -> tuple[str, str] | None:
    """Part a name glued to a unit: "昌乐县信用办郑九" → 昌乐县信用办, 郑九."""
    for length in (4, 3, 2):
        unit, name = token[:-length].strip(), token[-length:].strip()
        if len(name) >= 2 and is_strong_organisation(unit) and (found := person(name)):
            return unit, found
    return None
