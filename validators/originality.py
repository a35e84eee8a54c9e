"""In charge of clause 五.1 and 五.2: work of this year, one's own, and no advertisement. All of it is for a person to see."""

import re
from collections.abc import Iterator
from datetime import date

from domain.case import Case, Material
from domain.kinds import Role
from domain.sketch import SAME_PICTURES, SAME_TEXT, likeness, video_likeness
from domain.units import same_unit
from validators.rulebook import Context, Observation, rule, saw

_OLDEST = 15  #: years back; before that a clock was never set
#: python-docx stamps every document with the moment its own template was made, 2013-12-23 23:15 UTC.
_UNSET = (date(2013, 12, 23), date(2013, 12, 24))
_SELLING = (
    "订购热线", "订购电话", "招商加盟", "加盟热线", "限时优惠", "限时抢购", "立即购买", "立即抢购", "扫码下单", "优惠价", "促销价", "特价",
    "买一送一", "全场", "折扣", "包邮", "欢迎选购", "欢迎订购", "货到付款", "咨询热线", "免费试用", "原价", "到店有礼", "批发价",
)  # fmt: skip


@rule("wrong_year", clause="五.2", quote="作品需为 2023 年原创作品")
def nothing_tells_of_an_earlier_year(case: Case, context: Context) -> Iterator[Observation]:
    year = context.notice.year
    for material in (*case.of(Role.VIDEO), *case.of(Role.TEXT_WORK)):
        told = [d for d in material.facts.dates if year - _OLDEST <= d.when.year and d.when not in _UNSET]
        early = [d for d in told if d.when.year < year]
        # An office writes into the document of last year: one that was changed this year may well be this year's.
        reworked = material.role is Role.TEXT_WORK and len(early) < len(told)
        if early and not reworked:
            yield saw(file=material.part.path, dates=[[d.when.isoformat(), d.where] for d in early[:5]], year=year)


@rule("similar_work", clause="五.2", quote="原创作品")
def no_other_unit_sent_nearly_the_same(case: Case, context: Context) -> Iterator[Observation]:
    for other in context.others:
        if other.number == case.number:
            continue
        text = likeness(case.sketch, other.sketch)
        video = video_likeness(case.fingerprint, other.fingerprint)
        if (text >= SAME_TEXT or video >= SAME_PICTURES) and not _one_applicant(case, other):
            yield saw(
                number=other.number,
                unit=other.unit,
                similarity=round(max(text, video), 2),
                what="text" if text >= SAME_TEXT else "video",
            )


@rule("advertising", clause="五.1", quote="广告类、营销类作品，经评委组认定后，不予参加评选")
def nothing_is_offered_for_sale(case: Case, context: Context) -> Iterator[Observation]:
    for material in (*case.of(Role.TEXT_WORK), *case.of(Role.WORD_FORM)):
        text = material.facts.text if material.role is Role.TEXT_WORK else _written(material)
        words = [word for word in _SELLING if word in re.sub(r"\s", "", text)]
        if len(words) >= 3:
            yield saw(file=material.part.path, words=words[:8])


def _written(material: Material) -> str:
    form = material.form
    return " ".join(filter(None, (form.title, form.highlights, form.content))) if form else ""


def _one_applicant(case: Case, other: Case) -> bool:
    return bool(case.unit and other.unit and same_unit(case.unit, other.unit))
